/*
 * Name events that this server causes itself. The kernel queues them inside the system call, so once the queue has been
 * read to its end, whatever was expected and did not come never will.
 */
#ifndef EXPECTED_H
#define EXPECTED_H

#include <stddef.h>
#include <stdint.h>

struct expected_event;

struct expected {
	/* Owned; oldest first. */
	struct expected_event *events;
	size_t count, room;
};

/*
 * `kind`: one of IN_CREATE, IN_DELETE, IN_MOVED_FROM, IN_MOVED_TO. The guest knows it already for a directory reached by
 * `source`, not by another. Nothing for a watch of -1.
 */
void expect_event(struct expected *expected, int watch, uint32_t source, uint32_t kind, const char *name);

/* The source by which an expected event was caused, once; NO_SOURCE for one that was not expected. */
uint32_t take_expected(struct expected *expected, int watch, uint32_t kind, const char *name);

void forget_expected(struct expected *expected);

#endif
