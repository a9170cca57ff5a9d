/*
 * The port `agent`: frames to and from the one engine that is there, if any. Never blocks. What the engine has not taken waits
 * in a buffer that is dropped when the engine goes.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

/* Owns the descriptor. Forgets what it had of another: a child that speaks on a port of its own begins anew. */
void channel_init(int port);

/* An engine has said hello and has not gone since. */
bool channel_is_open(void);

/* Reads what there is and hands each frame to `handle` until it is out of step or the answers fill the buffer. */
void channel_read(void (*handle)(const struct frame *frame));

/* Forgets what waits: a new engine has said hello. */
void channel_restart(void);

/* Writes as much of what waits as the port takes. */
void channel_flush(void);

/* Something waits, or could not be handled for lack of room: call channel_flush and channel_read again when the port is writable. */
bool channel_is_blocked(void);

/* The engine broke the protocol. Nothing counts until a new hello. */
void channel_reject(const char *why);

/* Room for a data frame with a payload of at least a few KiB, besides the answers to everything that is under way. */
bool channel_has_room(void);

/* A data frame is filled in place: channel_data gives the room for its bytes, channel_data_done sends it. */
struct room channel_data(size_t wanted);
void channel_data_done(uint32_t stream, uint8_t channel, uint8_t flags, uint64_t offset, size_t length);

/* Small frames. They are dropped when no engine is there. */
void channel_send(uint8_t type, uint8_t channel, uint32_t stream, const void *payload, size_t length);
void channel_ack(uint32_t stream, uint64_t taken);

#endif
