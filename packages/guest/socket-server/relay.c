#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../agent/channel.h"
#include "../agent/connection.h"
#include "broker.h"

/* How long after a program had too many connections waiting it is asked again. */
#define RETRY_MS 20

static struct {
	int port, broker;
	unsigned sockets;
	uint8_t nonce[RELAY_NONCE_SIZE];
	/* The guest has answered our hello. */
	bool is_greeted;
} relay;

/* Waits until the machine's end has taken it, or is gone. */
static void send_whole(const uint8_t *bytes, size_t length)
{
	while (length) {
		ssize_t sent = send(relay.port, bytes, length, MSG_NOSIGNAL);
		if (sent < 0 && errno == EAGAIN)
			poll(&(struct pollfd){ .fd = relay.port, .events = POLLOUT }, 1, -1);
		else if (sent < 0 && errno != EINTR)
			_exit(0);
		if (sent < 0)
			continue;
		bytes += sent;
		length -= (size_t)sent;
	}
}

void relay_begin(int port, int broker, unsigned sockets)
{
	/* Fills up the frame amid which a server before may have died (frame.h). */
	static const uint8_t zeros[MAX_FRAME];
	uint8_t hello[HEADER_SIZE + RELAY_NONCE_SIZE + TRAILER_SIZE];
	relay.port = port;
	relay.broker = broker;
	relay.sockets = sockets;
	relay.is_greeted = false;
	if (getrandom(relay.nonce, sizeof relay.nonce, 0) != sizeof relay.nonce)
		_exit(1);
	memcpy(hello + HEADER_SIZE, relay.nonce, sizeof relay.nonce);
	size_t length = frame_wrap(hello, MSG_HELLO, 0, 0, 0, sizeof relay.nonce);
	send_whole(zeros, sizeof zeros);
	send_whole(hello, length);
	channel_init(port);
	channel_restart();
}

/* False when the program has too many connections waiting. */
static bool open_now(struct connection *connection)
{
	int fd = broker_connect(relay.broker, &connection->wanted);
	if (fd >= 0)
		connection_attach(connection, fd);
	else if (fd != -EAGAIN)
		connection_reset(connection);
	return fd != -EAGAIN;
}

static void take_open(const struct frame *frame)
{
	struct relay_open wanted;
	if (frame->payload.length != sizeof wanted || !frame->stream || connection_find(frame->stream))
		return channel_reject("a connection that makes no sense");
	memcpy(&wanted, frame->payload.at, sizeof wanted);
	if (wanted.socket >= relay.sockets)
		return channel_reject("a socket that is none");
	struct connection *connection = connection_add(frame->stream, -1);
	if (!connection)
		return channel_send(RELAY_RESET, 0, frame->stream, NULL, 0);
	connection->wanted = wanted;
	open_now(connection);
}

static void handle(const struct frame *frame)
{
	if (!relay.is_greeted)
		relay.is_greeted = frame->type == MSG_HELLO && frame->payload.length == sizeof relay.nonce &&
				   !memcmp(frame->payload.at, relay.nonce, sizeof relay.nonce);
	else if (frame->type == RELAY_OPEN)
		take_open(frame);
	else if (!connection_handle(frame))
		channel_reject("a frame of no known type");
}

/* A program that takes no more now is asked once, however many wait for it. */
static void open_waiting(void)
{
	bool is_busy[MOST_SOCKETS] = { false };
	for (struct connection *connection = NULL; (connection = connection_next_waiting(connection));) {
		uint32_t socket = connection->wanted.socket;
		if (!is_busy[socket])
			is_busy[socket] = !open_now(connection);
	}
}

bool relay_turn(int most_ms)
{
	static struct pollfd polled[1 + MOST_CONNECTIONS];
	channel_flush();
	/* While there is no room for answers nothing is read. */
	short events = (short)((channel_has_room() ? POLLIN : 0) | (channel_is_blocked() ? POLLOUT : 0));
	polled[0] = (struct pollfd){ .fd = relay.port, .events = events };
	unsigned count = connections_watch(polled + 1);
	bool waits = connection_next_waiting(NULL);
	int patience = waits && (unsigned)most_ms > RETRY_MS ? RETRY_MS : most_ms;
	if (poll(polled, 1 + count, patience) < 0)
		return errno == EINTR;
	if (polled[0].revents & (POLLHUP | POLLERR))
		return false;
	if (polled[0].revents & POLLIN)
		channel_read(handle);
	if (!channel_is_open())
		return false;
	connections_serve(polled + 1, count);
	if (waits)
		open_waiting();
	return true;
}
