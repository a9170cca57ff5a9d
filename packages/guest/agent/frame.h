/*
 * Cuts bytes from the engine into frames. Starts, and starts again after anything that is no frame, out of step: then all is
 * skipped up to a whole `hello`, which every engine says first. An engine that takes over from one that died amid a frame sends
 * a frame's worth of zeros before it: they fill the broken frame up, and as no trailer is zero it is known to be broken.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "items.h"
#include "protocol.h"

#define MAX_FRAME (HEADER_SIZE + MAX_PAYLOAD + TRAILER_SIZE)

struct frame {
	uint8_t type, flags, channel;
	uint32_t stream;
	/* Inside the parser's buffer, until bytes are added again. */
	struct view payload;
};

struct frame_parser {
	bool in_step;
	size_t start, end;
	uint8_t buffer[2 * MAX_FRAME];
};

/* Where the next bytes belong, and how many fit: always at least one after all frames have been taken. */
struct room {
	uint8_t *at;
	size_t size;
};
struct room parser_room(struct frame_parser *parser);
void parser_added(struct frame_parser *parser, size_t length);

/* Takes the next whole frame. */
bool parser_next(struct frame_parser *parser, struct frame *frame);

/* The engine broke the protocol: nothing but a new hello counts. */
void parser_out_of_step(struct frame_parser *parser);

/* Writes header and trailer around `length` bytes that lie at `start` + HEADER_SIZE; returns the frame's size. */
size_t frame_wrap(uint8_t *start, uint8_t type, uint8_t flags, uint8_t channel, uint32_t stream, size_t length);

#endif
