#define _GNU_SOURCE
#include "dns_tcp.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define BUFFER 4096

/* What side 0 has said waits for side 1 in bytes[0], and the other way round. A free place has no descriptors (0). */
static struct connection {
	int fd[2];
	struct {
		size_t start, end;
		bool ended;
		uint8_t bytes[BUFFER];
	} from[2];
} connections[DNS_TCP_CONNECTIONS];

static void drop(struct connection *connection)
{
	for (int side = 0; side < 2; side++)
		if (connection->fd[side] > 0)
			close(connection->fd[side]);
	memset(connection, 0, sizeof *connection);
}

void dns_tcp_watch(struct pollfd polled[DNS_TCP_POLLED])
{
	for (unsigned i = 0; i < DNS_TCP_POLLED; i++) {
		const struct connection *connection = &connections[i / 2];
		unsigned side = i % 2, other = !side;
		short events = 0;
		if (!connection->from[side].ended && connection->from[side].end == 0)
			events |= POLLIN;
		if (connection->from[other].end > 0)
			events |= POLLOUT;
		bool used = connection->fd[side] > 0 && events;
		polled[i] = (struct pollfd){ .fd = used ? connection->fd[side] : -1, .events = events };
	}
}

void dns_tcp_accept(int listener, const struct dns_upstream *upstream)
{
	int asker = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (asker < 0)
		return;
	struct connection *connection = NULL;
	for (unsigned i = 0; i < DNS_TCP_CONNECTIONS && !connection; i++)
		if (connections[i].fd[0] == 0)
			connection = &connections[i];
	int out = connection && upstream->length ?
			  socket(upstream->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) :
			  -1;
	if (out < 0 || (connect(out, (const struct sockaddr *)&upstream->address, upstream->length) &&
			errno != EINPROGRESS)) {
		close(asker);
		if (out >= 0)
			close(out);
		return;
	}
	connection->fd[0] = asker;
	connection->fd[1] = out;
}

/* False when the connection is over. */
static bool move(struct connection *connection, unsigned side)
{
	unsigned other = !side;
	ssize_t length;
	if (connection->from[side].end == 0 && !connection->from[side].ended) {
		length = read(connection->fd[side], connection->from[side].bytes, BUFFER);
		if (length < 0 && errno != EAGAIN)
			return false;
		connection->from[side].ended = length == 0;
		connection->from[side].start = 0;
		connection->from[side].end = length > 0 ? (size_t)length : 0;
	}
	while (connection->from[side].end > connection->from[side].start) {
		length = write(connection->fd[other], connection->from[side].bytes + connection->from[side].start,
			       connection->from[side].end - connection->from[side].start);
		if (length < 0)
			return errno == EAGAIN;
		connection->from[side].start += (size_t)length;
	}
	connection->from[side].end = 0;
	if (connection->from[side].ended)
		shutdown(connection->fd[other], SHUT_WR);
	return !(connection->from[side].ended && connection->from[other].ended);
}

void dns_tcp_serve(const struct pollfd polled[DNS_TCP_POLLED])
{
	for (unsigned i = 0; i < DNS_TCP_CONNECTIONS; i++) {
		struct connection *connection = &connections[i];
		if (connection->fd[0] == 0 || !(polled[2 * i].revents | polled[2 * i + 1].revents))
			continue;
		if (!move(connection, 0) || !move(connection, 1))
			drop(connection);
	}
}
