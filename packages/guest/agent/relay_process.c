#define _GNU_SOURCE
#include "relay_process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "channel.h"
#include "connection.h"
#include "fault.h"

static struct {
	int port, listeners[MOST_SOCKETS];
	/* Listeners behind it are -1. */
	unsigned sockets;
	/* Of the connection opened last. */
	uint32_t last;
} relay;

/* The agent's own channel above all: what the relay has not open nobody gets at through it. */
static void keep_open(int port, const int *listeners)
{
	int high = port;
	for (unsigned i = 0; i < MOST_SOCKETS; i++)
		high = listeners[i] > high ? listeners[i] : high;
	for (int fd = 0; fd <= high; fd++) {
		bool kept = fd == port;
		for (unsigned i = 0; i < MOST_SOCKETS; i++)
			kept |= fd == listeners[i];
		if (!kept)
			close(fd);
	}
	syscall(SYS_close_range, (unsigned)high + 1, ~0u, 0u);
	relay.port = port;
	memcpy(relay.listeners, listeners, sizeof relay.listeners);
	relay.sockets = MOST_SOCKETS;
	while (relay.sockets && listeners[relay.sockets - 1] < 0)
		relay.sockets--;
}

/* A server is there, perhaps in the place of another: what is open it knows nothing of. */
static void take_hello(const struct frame *frame)
{
	connections_drop();
	if (frame->payload.length != RELAY_NONCE_SIZE)
		return channel_reject("a hello without a nonce");
	channel_restart();
	channel_send(MSG_HELLO, 0, 0, frame->payload.at, frame->payload.length);
}

static void handle(const struct frame *frame)
{
	if (frame->type == MSG_HELLO)
		take_hello(frame);
	else if (!connection_handle(frame))
		channel_reject("a frame of no known type");
}

static uint32_t next_id(void)
{
	do
		relay.last++;
	while (!relay.last || connection_find(relay.last));
	return relay.last;
}

static void accept_one(uint32_t socket)
{
	int fd = accept4(relay.listeners[socket], NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	struct ucred peer = { .uid = (uid_t)-1, .gid = (gid_t)-1 };
	socklen_t length = sizeof peer;
	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length);
	struct connection *connection = connection_add(next_id(), fd);
	if (!connection) {
		complain("socket-relay: more than %u connections at once", MOST_CONNECTIONS);
		close(fd);
		return;
	}
	struct relay_open open = { .socket = socket, .uid = peer.uid, .gid = peer.gid };
	channel_send(RELAY_OPEN, 0, connection->id, &open, sizeof open);
}

static void watch_listeners(struct pollfd *polled)
{
	/* Without a server, or room for what must be said, they wait. */
	bool wanted = channel_is_open() && channel_has_room();
	for (unsigned i = 0; i < relay.sockets; i++)
		polled[i] = (struct pollfd){ .fd = wanted ? relay.listeners[i] : -1, .events = POLLIN };
}

/* Edge-triggered: a port whose other end is away is ready all the time. */
static int watch_port(void)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
	int events = epoll_create1(EPOLL_CLOEXEC);
	if (events < 0 || epoll_ctl(events, EPOLL_CTL_ADD, relay.port, &event)) {
		complain("socket-relay: watching the port: %m");
		_exit(1);
	}
	return events;
}

void relay_process(int port, const int *listeners)
{
	static struct pollfd polled[1 + MOST_SOCKETS + MOST_CONNECTIONS];
	keep_open(port, listeners);
	channel_init(port);
	int events = watch_port();
	for (;;) {
		channel_flush();
		channel_read(handle);
		if (!channel_is_open())
			connections_drop();
		polled[0] = (struct pollfd){ .fd = events, .events = POLLIN };
		watch_listeners(polled + 1);
		struct pollfd *carried = polled + 1 + relay.sockets;
		unsigned connections = connections_watch(carried);
		channel_flush();
		if (poll(polled, 1 + relay.sockets + connections, -1) < 0)
			continue;
		struct epoll_event event;
		if (polled[0].revents)
			epoll_wait(events, &event, 1, 0);
		connections_serve(carried, connections);
		for (unsigned i = 0; i < relay.sockets; i++)
			if (polled[1 + i].revents)
				accept_one(i);
	}
}
