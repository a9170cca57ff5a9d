/*
 * Feeds the frame parser with valid, mutated and random bytes in pieces of any size: it stays inside its buffer, and a frame's worth
 * of zeros and a hello always bring it back in step.
 */
#include <string.h>

#include "../frame.h"
#include "fuzz.h"

static struct frame_parser parser;
static uint8_t stream[4 * MAX_FRAME];

/* Ends up with every byte of the view touched: the sanitizer sees what is outside. */
static void check(const struct frame *frame)
{
	static volatile uint8_t sink;
	const uint8_t *end = parser.buffer + sizeof parser.buffer;
	EXPECT(frame->payload.length <= MAX_PAYLOAD);
	EXPECT(frame->payload.at >= parser.buffer && frame->payload.at + frame->payload.length <= end);
	for (size_t i = 0; i < frame->payload.length; i += 97)
		sink = frame->payload.at[i];
	struct view list = frame->payload;
	struct item item;
	bool broken = false;
	while (item_next(&list, &item, &broken)) {
		EXPECT(item.bytes.at >= frame->payload.at);
		EXPECT(item.bytes.at + item.bytes.length <= frame->payload.at + frame->payload.length);
		item_string(item.bytes);
		item_number(item.bytes, 0);
	}
	(void)sink;
}

/* Gives the bytes in pieces and counts the frames that come out; the last of them is left in *last. */
static unsigned feed(const uint8_t *bytes, size_t length, struct frame *last)
{
	unsigned count = 0;
	while (length) {
		struct room room = parser_room(&parser);
		EXPECT(room.size > 0);
		size_t piece = 1 + fuzz_random(fuzz_random(4) ? 300 : 70000);
		if (piece > room.size)
			piece = room.size;
		if (piece > length)
			piece = length;
		memcpy(room.at, bytes, piece);
		parser_added(&parser, piece);
		bytes += piece;
		length -= piece;
		for (struct frame frame; parser_next(&parser, &frame); count++) {
			check(&frame);
			*last = frame;
		}
	}
	return count;
}

static size_t add_frame(size_t at, uint8_t type)
{
	size_t length = fuzz_random(fuzz_random(8) ? 200 : MAX_PAYLOAD + 1);
	for (size_t i = 0; i < length; i++)
		stream[at + HEADER_SIZE + i] = (uint8_t)fuzz_random(256);
	return frame_wrap(stream + at, type, 0, 0, fuzz_random(100), length);
}

static void round_of(unsigned mutations)
{
	struct frame last;
	size_t length = 0;
	unsigned count = 1 + fuzz_random(3);
	for (unsigned i = 0; i < count; i++)
		length += add_frame(length, i == 0 ? MSG_HELLO : (uint8_t)(MSG_SETUP + fuzz_random(20)));
	for (unsigned i = 0; i < mutations; i++)
		stream[fuzz_random((uint32_t)length)] = (uint8_t)fuzz_random(256);
	if (mutations && !fuzz_random(3))
		length = fuzz_random((uint32_t)length);
	unsigned found = feed(stream, length, &last);
	EXPECT(mutations || found == count);

	static const uint8_t zeros[MAX_FRAME];
	feed(zeros, sizeof zeros, &last);
	memset(&last, 0, sizeof last);
	uint8_t hello[HEADER_SIZE + TRAILER_SIZE];
	size_t size = frame_wrap(hello, MSG_HELLO, 0, 0, 4242, 0);
	EXPECT(feed(hello, size, &last) == 1 && last.type == MSG_HELLO && last.stream == 4242);
}

int main(void)
{
	for (unsigned i = 0; i < 3000; i++)
		round_of(i % 4 ? 1 + fuzz_random(20) : 0);
	return 0;
}
