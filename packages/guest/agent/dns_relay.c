#define _GNU_SOURCE
#include "dns_relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dns_redirect.h"
#include "dns_tcp.h"
#include "dns_udp.h"
#include "fault.h"

#define DNS_PORT 53

/* The agent's end: addresses go in. */
static int told = -1;

static int listen_on(int type)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(DNS_RELAY_PORT),
				       .sin_addr.s_addr = htonl(DNS_RELAY_ADDRESS) };
	int listener = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) ||
	    (type == SOCK_STREAM && listen(listener, 16)))
		complain("listening on 127.0.0.11: %m");
	return listener;
}

static void read_upstream(int from, struct dns_upstream *upstream)
{
	uint8_t bytes[16];
	ssize_t length = read(from, bytes, sizeof bytes);
	if (length == 0)
		_exit(0);
	memset(upstream, 0, sizeof *upstream);
	if (length == 4) {
		struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(DNS_PORT) };
		memcpy(&address.sin_addr, bytes, 4);
		memcpy(&upstream->address, &address, upstream->length = sizeof address);
	} else if (length == 16) {
		struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons(DNS_PORT) };
		memcpy(&address.sin6_addr, bytes, 16);
		memcpy(&upstream->address, &address, upstream->length = sizeof address);
	}
}

static _Noreturn void relay(int from)
{
	struct dns_upstream upstream = { .length = 0 };
	struct pollfd polled[3 + DNS_UDP_POLLED + DNS_TCP_POLLED];
	prctl(PR_SET_NAME, "dns-relay");
	int udp = listen_on(SOCK_DGRAM), tcp = listen_on(SOCK_STREAM);
	for (;;) {
		polled[0] = (struct pollfd){ .fd = from, .events = POLLIN };
		polled[1] = (struct pollfd){ .fd = udp, .events = POLLIN };
		polled[2] = (struct pollfd){ .fd = tcp, .events = POLLIN };
		dns_udp_watch(polled + 3);
		dns_tcp_watch(polled + 3 + DNS_UDP_POLLED);
		if (poll(polled, 3 + DNS_UDP_POLLED + DNS_TCP_POLLED, -1) < 0)
			continue;
		if (polled[0].revents)
			read_upstream(from, &upstream);
		dns_udp_answers(polled + 3, udp);
		dns_tcp_serve(polled + 3 + DNS_UDP_POLLED);
		if (polled[1].revents)
			dns_udp_ask(udp, &upstream);
		if (polled[2].revents)
			dns_tcp_accept(tcp, &upstream);
	}
}

bool dns_relay_create(void)
{
	int ends[2];
	if (!dns_redirect_set())
		complain("redirecting 127.0.0.11: %m");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return false;
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[1]);
		relay(ends[0]);
	}
	close(ends[0]);
	told = ends[1];
	return pid > 0;
}

void dns_relay_ask(struct view upstream)
{
	if (upstream.at && send(told, upstream.at, upstream.length, MSG_NOSIGNAL) < 0)
		complain("telling the DNS relay: %m");
}
