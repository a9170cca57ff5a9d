#include "frame.h"

#include <string.h>

static uint32_t get_u32(const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof value);
	return value;
}

struct room parser_room(struct frame_parser *parser)
{
	if (parser->start > 0) {
		memmove(parser->buffer, parser->buffer + parser->start, parser->end - parser->start);
		parser->end -= parser->start;
		parser->start = 0;
	}
	return (struct room){ parser->buffer + parser->end, sizeof parser->buffer - parser->end };
}

void parser_added(struct frame_parser *parser, size_t length)
{
	parser->end += length;
}

void parser_out_of_step(struct frame_parser *parser)
{
	parser->in_step = false;
}

enum reading { WHOLE, INCOMPLETE, INVALID };

static enum reading read_frame(const uint8_t *at, size_t available, struct frame *frame)
{
	if (available < HEADER_SIZE)
		return INCOMPLETE;
	uint32_t length = get_u32(at + 12);
	if (get_u32(at) != FRAME_MAGIC || at[7] != 0 || length > MAX_PAYLOAD)
		return INVALID;
	if (available < HEADER_SIZE + length + TRAILER_SIZE)
		return INCOMPLETE;
	if (get_u32(at + HEADER_SIZE + length) != FRAME_TRAILER)
		return INVALID;
	*frame = (struct frame){ .type = at[4], .flags = at[5], .channel = at[6], .stream = get_u32(at + 8),
				 .payload = { at + HEADER_SIZE, length } };
	return WHOLE;
}

/* The first byte can't begin a hello: go to the next that may. */
static void skip(struct frame_parser *parser)
{
	const uint8_t *from = parser->buffer + parser->start + 1;
	size_t left = parser->end - parser->start - 1;
	const uint8_t *next = left ? memchr(from, FRAME_MAGIC & 0xff, left) : NULL;
	parser->start = next ? (size_t)(next - parser->buffer) : parser->end;
}

bool parser_next(struct frame_parser *parser, struct frame *frame)
{
	while (parser->end > parser->start) {
		enum reading reading =
			read_frame(parser->buffer + parser->start, parser->end - parser->start, frame);
		if (reading == INCOMPLETE)
			return false;
		if (reading == INVALID)
			parser->in_step = false;
		if (reading == INVALID || (!parser->in_step && frame->type != MSG_HELLO)) {
			skip(parser);
			continue;
		}
		parser->in_step = true;
		parser->start += HEADER_SIZE + frame->payload.length + TRAILER_SIZE;
		return true;
	}
	return false;
}

size_t frame_wrap(uint8_t *start, uint8_t type, uint8_t flags, uint8_t channel, uint32_t stream, size_t length)
{
	uint32_t words[4] = { FRAME_MAGIC, 0, stream, (uint32_t)length };
	uint32_t trailer = FRAME_TRAILER;
	memcpy(start, words, sizeof words);
	start[4] = type;
	start[5] = flags;
	start[6] = channel;
	memcpy(start + HEADER_SIZE + length, &trailer, sizeof trailer);
	return HEADER_SIZE + length + TRAILER_SIZE;
}
