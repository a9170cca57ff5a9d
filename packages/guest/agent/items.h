/*
 * Lists of items: u16 tag, u16 zero, u32 length, bytes. A nested list is an item's bytes. Nothing is trusted: a length that does
 * not fit ends the list as broken, a string must end in its only NUL, a number has 8 bytes.
 */
#ifndef ITEMS_H
#define ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that belong to someone else and outlive the view. */
struct view {
	const uint8_t *at;
	size_t length;
};

struct item {
	unsigned tag;
	struct view bytes;
};

/* Takes the next item off the list. False at its end, and when it is broken: then *broken is set. */
bool item_next(struct view *list, struct item *item, bool *broken);

/* The bytes of the first item with that tag; .at is NULL when there is none. */
struct view item_find(struct view list, unsigned tag);

/* NULL when it is no string of ours. */
const char *item_string(struct view bytes);

/* `fallback` when it is no number of ours. */
int64_t item_number(struct view bytes, int64_t fallback);

/* True when the whole list can be walked. */
bool items_valid(struct view list);

/* A list being written into memory of the caller; `full` is set when something did not fit and was left out. */
struct writer {
	uint8_t *start;
	size_t size, used;
	bool full;
};

void write_bytes(struct writer *writer, unsigned tag, const void *bytes, size_t length);
void write_string(struct writer *writer, unsigned tag, const char *text);
void write_number(struct writer *writer, unsigned tag, int64_t value);

#endif
