#include "expected.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "inodes.h"

/* An event that is missing here only costs a needless invalidation. */
#define MOST_EXPECTED 1024

struct expected_event {
	int watch;
	uint32_t source, kind;
	char name[NAME_MAX + 1];
};

void expect_event(struct expected *expected, int watch, uint32_t source, uint32_t kind, const char *name)
{
	if (watch < 0 || expected->count >= MOST_EXPECTED)
		return;
	if (expected->count == expected->room) {
		size_t room = expected->room ? expected->room * 2 : 8;
		void *grown = realloc(expected->events, room * sizeof *expected->events);
		if (!grown)
			return;
		expected->events = grown;
		expected->room = room;
	}
	struct expected_event *event = &expected->events[expected->count++];
	event->watch = watch;
	event->source = source;
	event->kind = kind;
	strncpy(event->name, name, NAME_MAX);
	event->name[NAME_MAX] = '\0';
}

uint32_t take_expected(struct expected *expected, int watch, uint32_t kind, const char *name)
{
	for (size_t i = 0; i < expected->count; i++) {
		struct expected_event *event = &expected->events[i];
		if (event->watch != watch || event->kind != kind || strcmp(event->name, name))
			continue;
		uint32_t source = event->source;
		size_t behind = expected->count - i - 1;
		memmove(event, event + 1, behind * sizeof *event);
		expected->count--;
		return source;
	}
	return NO_SOURCE;
}

void forget_expected(struct expected *expected)
{
	expected->count = 0;
}
