#define _GNU_SOURCE
#include "requests.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "cgroup.h"
#include "channel.h"
#include "container.h"
#include "exec.h"
#include "identity.h"
#include "life.h"
#include "protocol.h"
#include "restart.h"
#include "stream_io.h"
#include "work.h"

/* The highest number that an engine has used: the next engine goes on behind it. */
static uint32_t last_stream = MAIN_STREAM;

void request_refuse(uint32_t stream, const struct fault *fault)
{
	uint8_t items[640];
	struct writer writer = { .start = items, .size = sizeof items };
	write_string(&writer, TAG_VALUE, fault->text);
	write_number(&writer, TAG_EXIT_CODE, fault->exit_code);
	write_number(&writer, TAG_ERRNO, fault->error);
	channel_send(MSG_ERROR, 0, stream, items, writer.used);
}

static void hello(const struct frame *frame)
{
	static uint8_t items[MAX_STREAMS * 48 + 512];
	struct writer writer = { .start = items, .size = sizeof items };
	struct view nonce = item_find(frame->payload, TAG_NONCE);
	struct stream *main_stream = stream_find(MAIN_STREAM);
	if (!nonce.at || nonce.length != 16)
		return channel_reject("a hello without a nonce");
	channel_restart();
	write_bytes(&writer, TAG_NONCE, nonce.at, nonce.length);
	write_number(&writer, TAG_PHASE, life_phase());
	write_number(&writer, TAG_LAST_STREAM, last_stream);
	write_number(&writer, TAG_STDIN_TAKEN, (int64_t)main_stream->input.window.received);
	if (main_stream->exited)
		life_write_exit(&writer, main_stream);
	for (struct stream *stream = NULL; (stream = stream_next(stream));) {
		stream_orphan(stream);
		if (stream->kind == STREAM_WORK)
			kill(stream->pid, SIGKILL);
		if (stream->kind == STREAM_EXEC)
			write_number(&writer, TAG_EXEC, stream->id);
	}
	channel_send(MSG_REPLY, 0, 0, items, writer.used);
}

/* One description at a time is put together from the frames of one stream. */
static struct {
	uint32_t stream;
	size_t length;
	uint8_t bytes[MAX_DESCRIPTION];
} description;

/* In `bytes`, of MAX_DESCRIPTION. True when it is whole. */
static bool collect(const struct frame *frame, uint8_t *bytes)
{
	if (frame->stream != description.stream) {
		description.stream = frame->stream;
		description.length = 0;
	}
	if (frame->payload.length > MAX_DESCRIPTION - description.length) {
		channel_reject("a description that is too long");
		return false;
	}
	memcpy(bytes + description.length, frame->payload.at, frame->payload.length);
	description.length += frame->payload.length;
	if (frame->flags & FLAG_MORE)
		return false;
	description.stream = 0;
	return true;
}

static void begin(const struct frame *frame, const struct work *work)
{
	struct fault fault = { 0 };
	struct stream *stream = NULL;
	struct view request = { description.bytes, description.length };
	bool begun = false;
	if (work && work->before_setup ? life_phase() != PHASE_READY : work ? !life_has_root() : life_phase() != PHASE_RUNNING)
		fault_set(&fault, 128, ESRCH, "the container is not in the state for that");
	else if ((stream = stream_add(frame->stream, work ? STREAM_WORK : STREAM_EXEC, &fault)))
		begun = work ? work_start(stream, work, request, &fault) : exec_start(stream, request, &fault);
	if (begun)
		return;
	if (stream)
		stream_remove(stream);
	request_refuse(frame->stream, &fault);
}

static void send_signal(const struct frame *frame)
{
	struct fault fault = { 0 };
	int64_t number = item_number(item_find(frame->payload, TAG_VALUE), 0);
	struct stream *stream = stream_find((uint32_t)item_number(item_find(frame->payload, TAG_STREAM), 0));
	if (!stream || !stream->started || stream->exited || stream->pid <= 0)
		fault_set(&fault, 128, ESRCH, "no such process");
	else if (number < 0 || number > 64 || kill(stream->pid, (int)number))
		fault_errno(&fault, "sending signal %lld", (long long)number);
	if (fault.exit_code)
		return request_refuse(frame->stream, &fault);
	channel_send(MSG_REPLY, 0, frame->stream, NULL, 0);
}

static void resize(struct stream *stream, const struct frame *frame)
{
	uint16_t size[2];
	if (frame->payload.length != sizeof size)
		return channel_reject("a size that is none");
	memcpy(size, frame->payload.at, sizeof size);
	struct winsize window = { .ws_row = size[0], .ws_col = size[1] };
	if (stream && stream->terminal && stream->output[0].fd >= 0)
		ioctl(stream->output[0].fd, TIOCSWINSZ, &window);
}

static void usage(const struct frame *frame)
{
	uint8_t items[128];
	struct writer writer = { .start = items, .size = sizeof items };
	struct cgroup_usage now;
	cgroup_read_usage(&now);
	write_number(&writer, TAG_CPU_NS, now.cpu_ns);
	write_number(&writer, TAG_MEMORY_CURRENT, now.memory);
	write_number(&writer, TAG_MEMORY_INACTIVE_FILE, now.inactive_file);
	write_number(&writer, TAG_MEMORY_LIMIT, now.memory_limit);
	write_number(&writer, TAG_PIDS_CURRENT, now.pids);
	channel_send(MSG_REPLY, 0, frame->stream, items, writer.used);
}

static void set_clock(const struct frame *frame)
{
	struct fault fault = { 0 };
	if (clock_set_ns(item_number(item_find(frame->payload, TAG_CLOCK), -1)))
		return channel_send(MSG_REPLY, 0, frame->stream, NULL, 0);
	fault_errno(&fault, "setting the clock");
	request_refuse(frame->stream, &fault);
}

static void forget(struct stream *stream)
{
	if (!stream || stream->kind == STREAM_MAIN)
		return;
	if (stream->kind == STREAM_WORK && stream->pid > 0 && !stream->exited)
		kill(stream->pid, SIGKILL);
	stream_orphan(stream);
}

static const struct work *work_of(uint8_t type)
{
	switch (type) {
	case MSG_STAT:
		return &work_stat;
	case MSG_READ:
		return &work_read;
	case MSG_WRITE:
		return &work_write;
	case MSG_PROCESSES:
		return &work_processes;
	case MSG_REHEARSE:
		return &work_rehearse;
	default:
		return NULL;
	}
}

/* The description of the container stays where the container's process reads it: a second one must not touch it. */
static void describe(const struct frame *frame)
{
	struct fault fault;
	if (life_phase() != PHASE_READY) {
		fault_set(&fault, 128, EALREADY, "the machine has been set up already");
		return request_refuse(frame->stream, &fault);
	}
	if (!collect(frame, container_description()))
		return;
	struct view whole = { container_description(), description.length };
	if (frame->type == MSG_PREPARE)
		life_prepare(frame->stream, whole);
	else
		life_setup(frame->stream, whole);
}

/* Requests: each has a number of its own, larger than those before. */
static void handle_request(const struct frame *frame)
{
	if (frame->stream > last_stream)
		last_stream = frame->stream;
	switch (frame->type) {
	case MSG_PREPARE:
	case MSG_SETUP:
		return describe(frame);
	case MSG_START:
		return life_start(frame->stream);
	case MSG_SIGNAL:
		return send_signal(frame);
	case MSG_RESTART:
		return restart_request(frame);
	case MSG_USAGE:
		return usage(frame);
	case MSG_CLOCK:
		return set_clock(frame);
	case MSG_SHUTDOWN:
		return life_shutdown();
	case MSG_EXEC:
	case MSG_STAT:
	case MSG_READ:
	case MSG_WRITE:
	case MSG_PROCESSES:
	case MSG_REHEARSE:
		if (collect(frame, description.bytes))
			begin(frame, work_of(frame->type));
		return;
	default:
		channel_reject("a frame of no known type");
	}
}

void request_handle(const struct frame *frame)
{
	struct stream *stream = stream_find(frame->stream);
	switch (frame->type) {
	case MSG_HELLO:
		return hello(frame);
	case MSG_DATA:
		if (stream)
			input_receive(stream, frame);
		return;
	case MSG_ACK:
		if (stream)
			output_taken(stream, frame);
		return;
	case MSG_RESIZE:
		return resize(stream, frame);
	case MSG_FORGET:
		return forget(stream);
	default:
		return handle_request(frame);
	}
}
