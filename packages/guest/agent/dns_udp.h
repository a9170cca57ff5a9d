/*
 * Questions over UDP: each has a socket of its own, so that only its answer, from whom it was asked, comes back to it.
 */
#ifndef DNS_UDP_H
#define DNS_UDP_H

#include <poll.h>
#include <sys/socket.h>

/* Whom to ask; length 0: nobody. */
struct dns_upstream {
	struct sockaddr_storage address;
	socklen_t length;
};

/* Questions at once; a further one takes the place of the oldest. */
#define DNS_UDP_POLLED 64

void dns_udp_watch(struct pollfd polled[DNS_UDP_POLLED]);
/* Reads all questions and passes them on. */
void dns_udp_ask(int listener, const struct dns_upstream *upstream);
void dns_udp_answers(const struct pollfd polled[DNS_UDP_POLLED], int listener);

#endif
