#ifndef FRAMES_H
#define FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../agent/mount_protocol.h"

/* Cuts a byte stream into frames. Lengths are hostile. Large: one, and static. */
struct frames {
	size_t start, end;
	/* fuse_in_header wants eight bytes. */
	_Alignas(8) char buffer[MOUNT_MAX_FRAME];
};

/* Reads once from `fd` into the free room. Returns the count, 0 at the end of the stream, or -errno. */
long frames_fill(struct frames *frames, int fd);

/* Drops everything up to and with these bytes; all but a beginning of them that may be at the end, and false, when they are not there. */
bool frames_skip_past(struct frames *frames, const void *bytes, size_t length);

enum frame_result { FRAME_NONE, FRAME_WHOLE, FRAME_BROKEN };

/*
 * Takes the next frame out; it stays valid, aligned, until the next call of either function. FRAME_BROKEN: the stream
 * can't be read on.
 */
enum frame_result frames_take(struct frames *frames, const struct fuse_in_header **frame);

#endif
