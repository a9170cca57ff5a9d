#define _GNU_SOURCE
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static struct stream *streams[MAX_STREAMS];

struct stream *stream_next(struct stream *stream)
{
	size_t i = 0;
	if (stream)
		while (i < MAX_STREAMS && streams[i++] != stream)
			;
	for (; i < MAX_STREAMS; i++)
		if (streams[i])
			return streams[i];
	return NULL;
}

struct stream *stream_find(uint32_t id)
{
	for (size_t i = 0; i < MAX_STREAMS; i++)
		if (streams[i] && streams[i]->id == id)
			return streams[i];
	return NULL;
}

struct stream *stream_of_pid(pid_t pid)
{
	for (size_t i = 0; i < MAX_STREAMS; i++)
		if (streams[i] && streams[i]->pid == pid && !streams[i]->exited)
			return streams[i];
	return NULL;
}

struct stream *stream_add(uint32_t id, enum stream_kind kind, struct fault *fault)
{
	if (stream_find(id)) {
		fault_set(fault, 128, EEXIST, "number %u is in use", id);
		return NULL;
	}
	for (size_t i = 0; i < MAX_STREAMS; i++) {
		if (streams[i])
			continue;
		struct stream *stream = calloc(1, sizeof *stream);
		if (!stream)
			break;
		stream->id = id;
		stream->kind = kind;
		stream->input.window.size = STREAM_WINDOW;
		stream->report = stream->input.fd = stream->output[0].fd = stream->output[1].fd = -1;
		return streams[i] = stream;
	}
	fault_set(fault, 128, EAGAIN, "too many processes are run by the engine at once");
	return NULL;
}

static void close_descriptor(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void stream_remove(struct stream *stream)
{
	for (size_t i = 0; i < MAX_STREAMS; i++)
		if (streams[i] == stream)
			streams[i] = NULL;
	close_descriptor(&stream->report);
	close_descriptor(&stream->input.fd);
	close_descriptor(&stream->output[0].fd);
	close_descriptor(&stream->output[1].fd);
	free(stream->input.window.bytes);
	free(stream);
}

static int nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	return fd;
}

void stream_attach(struct stream *stream, const struct report *report)
{
	stream->terminal = report->value == 1;
	if (report->fd_count > 0)
		stream->output[0].fd = nonblocking(report->fds[0]);
	if (stream->terminal)
		/* Of its own, so that each direction is closed by itself. */
		stream->input.fd = fcntl(report->fds[0], F_DUPFD_CLOEXEC, 3);
	if (report->fd_count > 1)
		stream->output[1].fd = nonblocking(report->fds[1]);
	if (report->fd_count > 2)
		stream->input.fd = nonblocking(report->fds[2]);
}

void stream_orphan(struct stream *stream)
{
	if (stream->kind == STREAM_MAIN)
		return;
	stream->orphaned = true;
	stream->input.ends = true;
	if (!stream->input.window.length && !stream->terminal)
		close_descriptor(&stream->input.fd);
}
