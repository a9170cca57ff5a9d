/*
 * Connections that are carried over the channel, from either end (socket_protocol.h). Both directions of one are apart: one may end
 * while the other goes on, and a reader that is slow holds up nobody else, since what waits for it is bounded by its window.
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "frame.h"
#include "socket_protocol.h"
#include "window.h"

struct connection {
	/* 0: a free place. */
	uint32_t id;
	/* Owned; -1 as long as it has to be opened. */
	int fd;
	/* What the guest has asked for. */
	struct relay_open wanted;
	/* Bytes read here and sent, and those that have been delivered at the other end. */
	uint64_t sent, delivered;
	/* Bytes of the other end, and how much of them it knows to be delivered. */
	struct window window;
	uint64_t told;
	/* The other end knows that no more comes from here. */
	bool has_ended;
	/* No more comes from there; and it does not read either. */
	bool ends, is_gone;
	/* Nobody here reads any more: what comes is dropped. */
	bool is_deaf;
};

/* A new one, with the descriptor (non-blocking, taken over) or -1. NULL when there are MOST_CONNECTIONS. */
struct connection *connection_add(uint32_t id, int fd);
struct connection *connection_find(uint32_t id);

/* It has been opened. */
void connection_attach(struct connection *connection, int fd);

/* Ends it here and at the other end. */
void connection_reset(struct connection *connection);

/* Walks those that are still to be opened: begin with NULL. Ending the current one is allowed. */
struct connection *connection_next_waiting(struct connection *connection);

/* The channel is another now: all are over. */
void connections_drop(void);

/* Takes a frame that is about a connection; false when it is about something else. */
bool connection_handle(const struct frame *frame);

/* Fills in what to wait for, MOST_CONNECTIONS at most; how many. */
unsigned connections_watch(struct pollfd *polled);
/* The same, after poll(2). */
void connections_serve(const struct pollfd *polled, unsigned count);

#endif
