#define _GNU_SOURCE
#include "channel.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"

/* For answers and acknowledgements, which are small and come at most once for each frame read. */
#define RESERVE 65536u
/* More than this at once the port does not copy (virtio_console.c, port_fops_write). */
#define PORT_WRITE 32768u

static struct {
	int port;
	bool open;
	/* The kernel has been seen to know of this engine. */
	bool connected;
	struct frame_parser parser;
	/* Waiting bytes are start … end. */
	size_t start, end;
	uint8_t waiting[MAX_FRAME + 2 * RESERVE];
} channel = { .port = -1 };

static void hang_up(void)
{
	channel.open = false;
	channel.start = channel.end = 0;
	parser_out_of_step(&channel.parser);
}

void channel_init(int port)
{
	hang_up();
	channel.port = port;
	channel.parser.start = channel.parser.end = 0;
}

bool channel_is_open(void)
{
	return channel.open;
}

void channel_restart(void)
{
	channel.open = true;
	channel.connected = false;
	channel.start = channel.end = 0;
}

void channel_reject(const char *why)
{
	complain("the other end broke the protocol: %s", why);
	hang_up();
}

static size_t room_left(void)
{
	return sizeof channel.waiting - (channel.end - channel.start);
}

bool channel_is_blocked(void)
{
	return channel.end > channel.start;
}

bool channel_has_room(void)
{
	return channel.open && room_left() > RESERVE + 8192;
}

void channel_read(void (*handle)(const struct frame *frame))
{
	for (;;) {
		struct frame frame;
		while (room_left() > RESERVE / 2 && parser_next(&channel.parser, &frame))
			handle(&frame);
		if (room_left() <= RESERVE / 2)
			return;
		struct room room = parser_room(&channel.parser);
		ssize_t length = read(channel.port, room.at, room.size);
		if (length > 0)
			parser_added(&channel.parser, (size_t)length);
		else if (length == 0) {
			/*
			 * The kernel's way to say that nobody is connected (virtio_console.c, port_fops_read). It says so too
			 * when it has handed on an engine's first bytes and not yet come to the news, which travels by another
			 * queue, that this engine is there: then the answer must wait, not go.
			 */
			if (channel.open && channel.connected)
				hang_up();
			return;
		} else if (errno == EAGAIN) {
			channel.connected = true;
			return;
		} else if (errno != EINTR)
			return;
	}
}

void channel_flush(void)
{
	while (channel.end > channel.start) {
		size_t length = channel.end - channel.start;
		ssize_t written = write(channel.port, channel.waiting + channel.start,
					length < PORT_WRITE ? length : PORT_WRITE);
		if (written > 0)
			channel.start += (size_t)written;
		else if (written == 0 || errno != EINTR)
			return;
	}
}

static uint8_t *make_room(size_t length)
{
	if (sizeof channel.waiting - channel.end < length) {
		memmove(channel.waiting, channel.waiting + channel.start, channel.end - channel.start);
		channel.end -= channel.start;
		channel.start = 0;
	}
	return sizeof channel.waiting - channel.end < length ? NULL : channel.waiting + channel.end;
}

void channel_send(uint8_t type, uint8_t number, uint32_t stream, const void *payload, size_t length)
{
	if (!channel.open)
		return;
	uint8_t *at = make_room(HEADER_SIZE + length + TRAILER_SIZE);
	if (!at) {
		channel_reject("it asks without reading the answers");
		return;
	}
	if (length)
		memcpy(at + HEADER_SIZE, payload, length);
	channel.end += frame_wrap(at, type, 0, number, stream, length);
}

void channel_ack(uint32_t stream, uint64_t taken)
{
	channel_send(MSG_ACK, CHANNEL_STDIN, stream, &taken, sizeof taken);
}

struct room channel_data(size_t wanted)
{
	size_t room = room_left() - RESERVE - HEADER_SIZE - 8 - TRAILER_SIZE;
	if (wanted > room)
		wanted = room;
	if (wanted > MAX_PAYLOAD - 8)
		wanted = MAX_PAYLOAD - 8;
	uint8_t *at = make_room(HEADER_SIZE + 8 + wanted + TRAILER_SIZE);
	return (struct room){ at + HEADER_SIZE + 8, wanted };
}

void channel_data_done(uint32_t stream, uint8_t number, uint8_t flags, uint64_t offset, size_t length)
{
	uint8_t *at = make_room(HEADER_SIZE + 8 + length + TRAILER_SIZE);
	memcpy(at + HEADER_SIZE, &offset, sizeof offset);
	channel.end += frame_wrap(at, MSG_DATA, flags, number, stream, 8 + length);
}
