#include "frames.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A frame starts at the buffer's start or where its header is aligned. */
static void move_to_front(struct frames *frames)
{
	if (frames->start == 0)
		return;
	memmove(frames->buffer, frames->buffer + frames->start, frames->end - frames->start);
	frames->end -= frames->start;
	frames->start = 0;
}

long frames_fill(struct frames *frames, int fd)
{
	move_to_front(frames);
	ssize_t count = read(fd, frames->buffer + frames->end, sizeof frames->buffer - frames->end);
	if (count < 0)
		return -errno;
	frames->end += (size_t)count;
	return count;
}

bool frames_skip_past(struct frames *frames, const void *bytes, size_t length)
{
	size_t filled = frames->end - frames->start;
	const char *found = memmem(frames->buffer + frames->start, filled, bytes, length);
	if (found)
		frames->start = (size_t)(found - frames->buffer) + length;
	else if (filled >= length)
		frames->start = frames->end - (length - 1);
	return found;
}

enum frame_result frames_take(struct frames *frames, const struct fuse_in_header **frame)
{
	size_t filled = frames->end - frames->start;
	uint32_t length;
	if (filled < sizeof length)
		return FRAME_NONE;
	memcpy(&length, frames->buffer + frames->start, sizeof length);
	if (length < sizeof(struct fuse_in_header) || length > sizeof frames->buffer)
		return FRAME_BROKEN;
	if (filled < length)
		return FRAME_NONE;
	if (frames->start % _Alignof(struct fuse_in_header))
		move_to_front(frames);
	*frame = (const void *)(frames->buffer + frames->start);
	frames->start += length;
	return FRAME_WHOLE;
}
