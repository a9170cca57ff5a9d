#define _GNU_SOURCE
#include "dns_udp.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define HEADER 12
/* Of a DNS message over UDP with EDNS, at most. */
#define MESSAGE 65535

/* fd 0 stands for a free place. Descriptors belong to their place. */
static struct question {
	int fd;
	struct sockaddr_in asker;
} questions[DNS_UDP_POLLED];
static unsigned oldest;

static void forget(struct question *question)
{
	if (question->fd > 0)
		close(question->fd);
	question->fd = 0;
}

void dns_udp_watch(struct pollfd polled[DNS_UDP_POLLED])
{
	for (unsigned i = 0; i < DNS_UDP_POLLED; i++)
		polled[i] = (struct pollfd){ .fd = questions[i].fd > 0 ? questions[i].fd : -1, .events = POLLIN };
}

/* SERVFAIL: who asks knows at once that nobody will answer. */
static void refuse(int listener, const struct sockaddr_in *asker, uint8_t *message, size_t length)
{
	message[2] |= 0x80;
	message[3] = (uint8_t)((message[3] & 0xf0) | 2);
	sendto(listener, message, length, 0, (const struct sockaddr *)asker, sizeof *asker);
}

void dns_udp_ask(int listener, const struct dns_upstream *upstream)
{
	static uint8_t message[MESSAGE];
	struct sockaddr_in asker;
	socklen_t size = sizeof asker;
	ssize_t length;
	while ((length = recvfrom(listener, message, sizeof message, 0, (struct sockaddr *)&asker, &size)) >= 0) {
		if (length < HEADER)
			continue;
		struct question *question = &questions[oldest++ % DNS_UDP_POLLED];
		forget(question);
		question->asker = asker;
		int out = upstream->length ? socket(upstream->address.ss_family,
						    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) :
					     -1;
		if (out >= 0 && !connect(out, (const struct sockaddr *)&upstream->address, upstream->length) &&
		    send(out, message, (size_t)length, 0) == length) {
			question->fd = out;
			continue;
		}
		if (out >= 0)
			close(out);
		refuse(listener, &asker, message, (size_t)length);
	}
}

void dns_udp_answers(const struct pollfd polled[DNS_UDP_POLLED], int listener)
{
	static uint8_t message[MESSAGE];
	for (unsigned i = 0; i < DNS_UDP_POLLED; i++) {
		struct question *question = &questions[i];
		if (!polled[i].revents || question->fd != polled[i].fd)
			continue;
		ssize_t length = recv(question->fd, message, sizeof message, 0);
		if (length >= HEADER)
			sendto(listener, message, (size_t)length, 0, (struct sockaddr *)&question->asker,
			       sizeof question->asker);
		/* An error (nobody listens there) ends it too; the asker tries again. */
		forget(question);
	}
}
