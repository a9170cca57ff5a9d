/*
 * The requests of a mount port that have no answer yet: a mount server that takes another's place gets them again. Safe to call from
 * several threads. Ends the process without memory.
 */
#ifndef UNANSWERED_H
#define UNANSWERED_H

#include <linux/fuse.h>
#include <stdint.h>

struct unanswered {
	struct unanswered *next;
	/* In the order of `unanswered_keep`, from 1. */
	uint64_t unique, number;
	uint32_t length;
	char frame[];
};

/* Keeps a copy of a whole frame, unless it is of a kind that has no answer. */
void unanswered_keep(const struct fuse_in_header *frame);

void unanswered_done(uint64_t unique);

/* A copy of the first behind that number, the caller's to free; NULL when there is none. */
struct unanswered *unanswered_after(uint64_t number);

#endif
