#define _GNU_SOURCE
#include "stream_io.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "log_port.h"

/* A quarter of the window: large enough to be cheap, small enough that several streams share the channel's buffer. */
#define READ_AT_ONCE 32768u

static bool goes_to_log(const struct stream *stream)
{
	return stream->kind == STREAM_MAIN;
}

bool output_is_wanted(const struct stream *stream, int number)
{
	const struct output *output = &stream->output[number];
	if (output->fd < 0 || !stream->started)
		return false;
	if (goes_to_log(stream))
		return log_flush();
	return stream->orphaned || (channel_has_room() && output->sent - output->taken < STREAM_WINDOW);
}

static void end_output(struct stream *stream, int number)
{
	struct output *output = &stream->output[number];
	close(output->fd);
	output->fd = -1;
	if (!goes_to_log(stream) && !stream->orphaned) {
		channel_data(0);
		channel_data_done(stream->id, (uint8_t)(CHANNEL_STDOUT + number), FLAG_END, output->sent, 0);
	}
}

static struct room room_for(const struct stream *stream, const struct output *output)
{
	static uint8_t nowhere[READ_AT_ONCE];
	if (goes_to_log(stream))
		return log_room();
	if (stream->orphaned)
		return (struct room){ nowhere, sizeof nowhere };
	size_t window = STREAM_WINDOW - (size_t)(output->sent - output->taken);
	return channel_data(window < READ_AT_ONCE ? window : READ_AT_ONCE);
}

void output_read(struct stream *stream, int number)
{
	struct output *output = &stream->output[number];
	struct room room = room_for(stream, output);
	ssize_t length = read(output->fd, room.at, room.size);
	if (length > 0) {
		if (goes_to_log(stream))
			log_write(number == 0 ? LOG_STDOUT : LOG_STDERR, (size_t)length);
		else if (!stream->orphaned)
			channel_data_done(stream->id, (uint8_t)(CHANNEL_STDOUT + number), 0, output->sent, (size_t)length);
		output->sent += (uint64_t)length;
	} else if (length == 0 || (errno != EAGAIN && errno != EINTR)) {
		/* A terminal that nobody has open any more reads as EIO. */
		end_output(stream, number);
	}
}

static uint64_t offset_of(const struct frame *frame)
{
	uint64_t offset = UINT64_MAX;
	if (frame->payload.length >= sizeof offset)
		memcpy(&offset, frame->payload.at, sizeof offset);
	return offset;
}

void output_taken(struct stream *stream, const struct frame *frame)
{
	uint64_t offset = offset_of(frame);
	if (frame->channel != CHANNEL_STDOUT && frame->channel != CHANNEL_STDERR)
		return channel_reject("an acknowledgement of no output");
	struct output *output = &stream->output[frame->channel - CHANNEL_STDOUT];
	if (offset > output->sent || offset < output->taken)
		return channel_reject("an acknowledgement out of range");
	output->taken = offset;
}

void input_close(struct stream *stream)
{
	struct input *input = &stream->input;
	if (input->fd >= 0)
		close(input->fd);
	input->fd = -1;
	bool waits = input->window.taken != input->window.received;
	window_drop(&input->window);
	/* Nobody will read it: let the engine go on. */
	if (waits)
		channel_ack(stream->id, input->window.taken);
}

void input_write(struct stream *stream)
{
	struct input *input = &stream->input;
	uint64_t before = input->window.taken;
	if (!window_write(&input->window, input->fd))
		return input_close(stream);
	if (input->window.taken != before)
		channel_ack(stream->id, input->window.taken);
	/* A terminal has no end of input of its own; as with Docker, it stays. */
	if (input->window.length == 0 && input->ends && !stream->terminal)
		input_close(stream);
}

void input_receive(struct stream *stream, const struct frame *frame)
{
	struct input *input = &stream->input;
	uint64_t offset = offset_of(frame);
	if (frame->payload.length < sizeof offset || frame->channel != CHANNEL_STDIN || offset > input->window.received)
		return channel_reject("input that skips bytes");
	const uint8_t *bytes = frame->payload.at + sizeof offset;
	size_t length = frame->payload.length - sizeof offset;
	/* An engine that took over may send again what arrived just before the other died. */
	uint64_t known = input->window.received - offset;
	size_t skipped = known < length ? (size_t)known : length;
	bytes += skipped;
	length -= skipped;
	if (length > window_left(&input->window))
		return channel_reject("more input than the window allows");
	if (frame->flags & FLAG_END)
		input->ends = true;
	if (stream->started && input->fd < 0) {
		input->window.received += length;
		return input_close(stream);
	}
	if (!window_keep(&input->window, bytes, length))
		return input_close(stream);
	if (stream->started)
		input_write(stream);
}
