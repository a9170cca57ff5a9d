/*
 * Name events that this server causes itself. The kernel queues them inside the system call, so once the queue has been
 * read to its end, whatever was expected and did not come never will.
 */
#ifndef EXPECTED_H
#define EXPECTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct expected_event;

struct expected {
	/* Owned; oldest first. */
	struct expected_event *events;
	size_t count, room;
};

/* `kind`: one of IN_CREATE, IN_DELETE, IN_MOVED_FROM, IN_MOVED_TO. Nothing for a watch of -1. */
void expect_event(struct expected *expected, int watch, uint32_t kind, const char *name);

/* True, once, for an event that was expected. */
bool take_expected(struct expected *expected, int watch, uint32_t kind, const char *name);

void forget_expected(struct expected *expected);

#endif
