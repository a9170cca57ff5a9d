#define _GNU_SOURCE
#include "window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

size_t window_left(const struct window *window)
{
	return window->size - window->length;
}

bool window_keep(struct window *window, const uint8_t *bytes, size_t length)
{
	if (!length)
		return true;
	if (!window->bytes && !(window->bytes = malloc(window->size)))
		return false;
	size_t end = (window->start + window->length) % window->size;
	size_t first = window->size - end < length ? window->size - end : length;
	memcpy(window->bytes + end, bytes, first);
	memcpy(window->bytes, bytes + first, length - first);
	window->length += length;
	window->received += length;
	return true;
}

bool window_write(struct window *window, int fd)
{
	while (window->length > 0) {
		size_t piece = window->size - window->start;
		if (piece > window->length)
			piece = window->length;
		ssize_t written = write(fd, window->bytes + window->start, piece);
		if (written <= 0) {
			if (errno == EINTR)
				continue;
			return errno == EAGAIN;
		}
		window->start = (window->start + (size_t)written) % window->size;
		window->length -= (size_t)written;
		window->taken += (uint64_t)written;
	}
	return true;
}

void window_drop(struct window *window)
{
	window->length = 0;
	window->taken = window->received;
}
