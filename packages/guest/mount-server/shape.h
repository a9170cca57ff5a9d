#ifndef SHAPE_H
#define SHAPE_H

#include <stddef.h>

enum shape {
	/* libfuse may have it: every length in it lies inside the frame, every name ends there. */
	SHAPE_GOOD,
	/* A known request with lengths that do not add up. */
	SHAPE_BAD,
	/* The same but for a name that is longer than those of the host may be: the kernel lets four times as much through. */
	SHAPE_LONG_NAME,
	/* A request that this server does not answer. */
	SHAPE_UNKNOWN,
	/* Another request is not wanted any more; the frame is whole. */
	SHAPE_INTERRUPT,
	/* Needs no answer and has no use here. */
	SHAPE_IGNORED,
};

/* Judges a whole frame of `length` bytes, at least a fuse_in_header, whose own `len` says the same. */
enum shape shape_of_request(const void *frame, size_t length);

#endif
