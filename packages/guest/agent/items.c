#include "items.h"

#include <string.h>

#define ITEM_HEADER 8u

static uint32_t get_u32(const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof value);
	return value;
}

bool item_next(struct view *list, struct item *item, bool *broken)
{
	if (list->length == 0)
		return false;
	uint32_t length;
	if (list->length < ITEM_HEADER || (length = get_u32(list->at + 4)) > list->length - ITEM_HEADER) {
		*broken = true;
		return false;
	}
	item->tag = (unsigned)list->at[0] | (unsigned)list->at[1] << 8;
	item->bytes = (struct view){ list->at + ITEM_HEADER, length };
	list->at += ITEM_HEADER + length;
	list->length -= ITEM_HEADER + length;
	return true;
}

struct view item_find(struct view list, unsigned tag)
{
	struct item item;
	bool broken = false;
	while (item_next(&list, &item, &broken))
		if (item.tag == tag)
			return item.bytes;
	return (struct view){ NULL, 0 };
}

const char *item_string(struct view bytes)
{
	if (!bytes.at || bytes.length == 0 || memchr(bytes.at, 0, bytes.length) != bytes.at + bytes.length - 1)
		return NULL;
	return (const char *)bytes.at;
}

int64_t item_number(struct view bytes, int64_t fallback)
{
	int64_t value;
	if (!bytes.at || bytes.length != sizeof value)
		return fallback;
	memcpy(&value, bytes.at, sizeof value);
	return value;
}

bool items_valid(struct view list)
{
	struct item item;
	bool broken = false;
	while (item_next(&list, &item, &broken))
		;
	return !broken;
}

void write_bytes(struct writer *writer, unsigned tag, const void *bytes, size_t length)
{
	if (length > UINT32_MAX || writer->size - writer->used < ITEM_HEADER ||
	    writer->size - writer->used - ITEM_HEADER < length) {
		writer->full = true;
		return;
	}
	uint8_t *at = writer->start + writer->used;
	uint16_t head[2] = { (uint16_t)tag, 0 };
	uint32_t size = (uint32_t)length;
	memcpy(at, head, sizeof head);
	memcpy(at + 4, &size, sizeof size);
	if (length)
		memcpy(at + ITEM_HEADER, bytes, length);
	writer->used += ITEM_HEADER + length;
}

void write_string(struct writer *writer, unsigned tag, const char *text)
{
	write_bytes(writer, tag, text, strlen(text) + 1);
}

void write_number(struct writer *writer, unsigned tag, int64_t value)
{
	write_bytes(writer, tag, &value, sizeof value);
}
