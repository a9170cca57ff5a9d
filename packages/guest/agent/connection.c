#define _GNU_SOURCE
#include "connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"

/* What a frame carries. */
#define READ_AT_ONCE (MAX_PAYLOAD - sizeof(uint64_t))
/* Deliveries are told when this much has come together: whoever sends little hears nothing of it. */
#define TELL_AT_ONCE (RELAY_WINDOW / 2)

/* Those behind `used` are free. */
static struct connection connections[MOST_CONNECTIONS];
static unsigned used;

struct connection *connection_find(uint32_t id)
{
	for (unsigned i = 0; id && i < used; i++)
		if (connections[i].id == id)
			return &connections[i];
	return NULL;
}

struct connection *connection_add(uint32_t id, int fd)
{
	unsigned place = 0;
	while (place < used && connections[place].id)
		place++;
	if (place == MOST_CONNECTIONS)
		return NULL;
	if (place == used)
		used++;
	connections[place] = (struct connection){ .id = id, .fd = fd, .window.size = RELAY_WINDOW };
	return &connections[place];
}

static void end(struct connection *connection)
{
	if (connection->fd >= 0)
		close(connection->fd);
	free(connection->window.bytes);
	memset(connection, 0, sizeof *connection);
	while (used && !connections[used - 1].id)
		used--;
}

void connection_reset(struct connection *connection)
{
	channel_send(RELAY_RESET, 0, connection->id, NULL, 0);
	end(connection);
}

void connections_drop(void)
{
	for (unsigned i = used; i-- > 0;)
		if (connections[i].id)
			end(&connections[i]);
}

struct connection *connection_next_waiting(struct connection *connection)
{
	for (unsigned i = connection ? (unsigned)(connection - connections) + 1 : 0; i < used; i++)
		if (connections[i].id && connections[i].fd < 0)
			return &connections[i];
	return NULL;
}

static void tell(struct connection *connection)
{
	if (connection->window.taken - connection->told < TELL_AT_ONCE)
		return;
	connection->told = connection->window.taken;
	channel_ack(connection->id, connection->told);
}

/* Nothing is left for our side but perhaps the end. */
static void end_input(struct connection *connection)
{
	if (connection->is_gone || connection->has_ended)
		end(connection);
	else
		shutdown(connection->fd, SHUT_WR);
}

static void deliver(struct connection *connection)
{
	if (connection->fd < 0)
		return;
	/* Whoever went may have said something before, which is still to be read. */
	if (!connection->is_deaf && !window_write(&connection->window, connection->fd))
		connection->is_deaf = true;
	if (connection->is_deaf)
		window_drop(&connection->window);
	tell(connection);
	if (connection->ends && !connection->window.length)
		end_input(connection);
}

void connection_attach(struct connection *connection, int fd)
{
	connection->fd = fd;
	deliver(connection);
}

/* Closed as a whole, and not only for writing. */
static bool is_closed(int fd)
{
	struct pollfd polled = { .fd = fd };
	return poll(&polled, 1, 0) > 0 && polled.revents & POLLHUP;
}

/* `gone`: our side takes nothing any more either. What it has said before is on its way, and is delivered before the end. */
static void end_output(struct connection *connection, bool gone)
{
	channel_data(0);
	channel_data_done(connection->id, 0, FLAG_END | (gone ? FLAG_GONE : 0), connection->sent, 0);
	connection->has_ended = true;
	if (gone || (connection->ends && !connection->window.length))
		end(connection);
}

static bool wants_to_read(const struct connection *connection)
{
	return !connection->has_ended && channel_has_room() &&
	       connection->sent - connection->delivered < RELAY_WINDOW;
}

static void read_once(struct connection *connection)
{
	size_t left = RELAY_WINDOW - (size_t)(connection->sent - connection->delivered);
	struct room room = channel_data(left < READ_AT_ONCE ? left : READ_AT_ONCE);
	ssize_t length = read(connection->fd, room.at, room.size);
	if (length > 0) {
		channel_data_done(connection->id, 0, 0, connection->sent, (size_t)length);
		connection->sent += (uint64_t)length;
	} else if (length == 0) {
		end_output(connection, is_closed(connection->fd));
	} else if (errno != EAGAIN && errno != EINTR) {
		/* Closed with something unread. */
		end_output(connection, true);
	}
}

static uint64_t offset_of(const struct frame *frame)
{
	uint64_t offset = UINT64_MAX;
	if (frame->payload.length >= sizeof offset)
		memcpy(&offset, frame->payload.at, sizeof offset);
	return offset;
}

static void take_data(struct connection *connection, const struct frame *frame)
{
	struct window *window = &connection->window;
	if (offset_of(frame) != window->received || connection->ends)
		return channel_reject("bytes that are out of order");
	const uint8_t *bytes = frame->payload.at + sizeof(uint64_t);
	size_t length = frame->payload.length - sizeof(uint64_t);
	if (length > window_left(window))
		return channel_reject("more bytes than the window allows");
	connection->ends = frame->flags & FLAG_END;
	connection->is_gone = connection->ends && frame->flags & FLAG_GONE;
	/* Mostly it is taken at once. */
	if (connection->fd >= 0 && !connection->is_deaf && !window->length) {
		ssize_t written = length ? write(connection->fd, bytes, length) : 0;
		size_t taken = written > 0 ? (size_t)written : 0;
		window->received += taken;
		window->taken += taken;
		bytes += taken;
		length -= taken;
	}
	if (!window_keep(window, bytes, length))
		return connection_reset(connection);
	deliver(connection);
}

static void take_acknowledgement(struct connection *connection, const struct frame *frame)
{
	uint64_t offset = offset_of(frame);
	if (offset > connection->sent || offset < connection->delivered)
		return channel_reject("an acknowledgement out of range");
	connection->delivered = offset;
}

bool connection_handle(const struct frame *frame)
{
	if (frame->type != MSG_DATA && frame->type != MSG_ACK && frame->type != RELAY_RESET)
		return false;
	struct connection *connection = connection_find(frame->stream);
	if (!connection)
		return true;
	if (frame->type == MSG_DATA)
		take_data(connection, frame);
	else if (frame->type == MSG_ACK)
		take_acknowledgement(connection, frame);
	else
		end(connection);
	return true;
}

unsigned connections_watch(struct pollfd *polled)
{
	for (unsigned i = 0; i < used; i++) {
		const struct connection *connection = &connections[i];
		short events = 0;
		if (connection->id && connection->fd >= 0)
			events = (short)((wants_to_read(connection) ? POLLIN : 0) | (connection->window.length ? POLLOUT : 0));
		/* Without anything to wait for it would be ready all the time once its other end is closed. */
		polled[i] = (struct pollfd){ .fd = events ? connection->fd : -1, .events = events };
	}
	return used;
}

void connections_serve(const struct pollfd *polled, unsigned count)
{
	/* Another begins each time: the channel's buffer may be full before all have had their turn. */
	static unsigned turn;
	turn++;
	for (unsigned k = 0; k < count; k++) {
		unsigned i = (turn + k) % count;
		struct connection *connection = &connections[i];
		if (connection->id && polled[i].revents && connection->window.length)
			deliver(connection);
		if (connection->id && connection->fd >= 0 && polled[i].revents & ~POLLOUT && wants_to_read(connection))
			read_once(connection);
	}
}
