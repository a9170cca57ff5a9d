/*
 * Bytes that wait for somebody who takes them when he likes. Never more than a window of them: who sends them has no more under way
 * than that before it hears that some were taken.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct window {
	/* Set at the beginning, and never changed. */
	size_t size;
	/* So many bytes in a ring; NULL until something had to wait. Owned. */
	uint8_t *bytes;
	size_t start, length;
	/* Since the beginning: what has come, and what has been taken. */
	uint64_t received, taken;
};

/* Bytes that may still come. */
size_t window_left(const struct window *window);

/* The caller has seen that they fit. False when there is no memory: nothing was kept. */
bool window_keep(struct window *window, const uint8_t *bytes, size_t length);

/* Writes as much as the descriptor takes. False with errno when it takes no more, ever. */
bool window_write(struct window *window, int fd);

/* Nobody will take what waits: it counts as taken. */
void window_drop(struct window *window);

#endif
