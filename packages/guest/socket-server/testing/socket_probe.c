/*
 * For tests, on either side of a relayed socket. Statically linked: it runs in any image.
 *
 * ask PATH            sends standard input, ends, prints what comes back
 * tell PATH           the same, and does not end by itself
 * many PATH COUNT     COUNT connections at once, each says its number and a newline, prints what comes back on each
 * echo PATH MIB       sends so much pseudo-random data to an echo, compares what comes back; prints the milliseconds
 * pour PATH MIB       sends so much and waits for the end; drink PATH: reads to the end. Both print the milliseconds
 * turns PATH COUNT    sends one byte and waits for one, COUNT times; prints the microseconds of one turn
 * peer PATH           listens, prints user and group of whoever connects first
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static struct sockaddr_un address_of(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	return address;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = address_of(path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&address, sizeof address))
		fail(path);
	return fd;
}

static void write_all(int fd, const void *bytes, size_t length)
{
	for (const char *at = bytes; length;) {
		ssize_t written = write(fd, at, length);
		if (written < 0)
			fail("write");
		at += written;
		length -= (size_t)written;
	}
}

static int64_t now_us(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* Both directions at once, until both have ended. */
static void ask(const char *path, int ends)
{
	struct pollfd polled[] = { { .fd = 0, .events = POLLIN }, { .fd = connect_to(path), .events = POLLIN } };
	char buffer[65536];
	for (;;) {
		poll(polled, 2, -1);
		for (int i = 0; i < 2; i++) {
			if (!polled[i].revents)
				continue;
			ssize_t length = read(polled[i].fd, buffer, sizeof buffer);
			if (length > 0) {
				write_all(i ? 1 : polled[1].fd, buffer, (size_t)length);
			} else if (i) {
				if (length < 0)
					fail("read");
				return;
			} else {
				if (ends)
					shutdown(polled[1].fd, SHUT_WR);
				polled[0].fd = -1;
			}
		}
	}
}

static void many(const char *path, unsigned count)
{
	int *fds = calloc(count, sizeof *fds);
	char line[64];
	for (unsigned i = 0; i < count; i++)
		fds[i] = connect_to(path);
	for (unsigned i = 0; i < count; i++)
		write_all(fds[i], line, (size_t)snprintf(line, sizeof line, "%u\n", i));
	for (unsigned i = 0; i < count; i++) {
		ssize_t length = read(fds[i], line, sizeof line);
		write_all(1, length > 0 ? line : "closed\n", length > 0 ? (size_t)length : 7);
	}
}

#define PIECE 65536u

/* Eight bytes at a time: `from` is a multiple of that. */
static void fill(uint64_t *words, size_t count, uint64_t from)
{
	for (size_t i = 0; i < count; i++)
		words[i] = (from / 8 + i) * 0x9e3779b97f4a7c15u;
}

static void echo(const char *path, uint64_t total)
{
	static uint64_t out[PIECE / 8 + 1], expected[PIECE / 8 + 1];
	static uint8_t in[PIECE];
	uint64_t sent = 0, received = 0;
	int fd = connect_to(path);
	int64_t began = now_us();
	while (received < total) {
		struct pollfd polled = { .fd = fd, .events = POLLIN | (sent < total ? POLLOUT : 0) };
		poll(&polled, 1, -1);
		if (polled.revents & POLLIN) {
			ssize_t length = read(fd, in, sizeof in);
			fill(expected, sizeof expected / 8, received & ~7ull);
			if (length <= 0 || memcmp(in, (uint8_t *)expected + received % 8, (size_t)length)) {
				printf("other bytes from %llu on\n", (unsigned long long)received);
				exit(1);
			}
			received += (uint64_t)length;
		}
		if (polled.revents & POLLOUT) {
			fill(out, sizeof out / 8, sent & ~7ull);
			size_t piece = total - sent < PIECE ? (size_t)(total - sent) : PIECE;
			ssize_t length = send(fd, (uint8_t *)out + sent % 8, piece, MSG_DONTWAIT);
			if (length > 0)
				sent += (uint64_t)length;
			if (sent == total)
				shutdown(fd, SHUT_WR);
		}
	}
	if (read(fd, in, 1) != 0)
		fail("the end");
	printf("%lld\n", (long long)(now_us() - began) / 1000);
}

static void pour(const char *path, uint64_t total)
{
	static char bytes[PIECE];
	int fd = connect_to(path);
	int64_t began = now_us();
	for (; total; total -= PIECE)
		write_all(fd, bytes, PIECE);
	shutdown(fd, SHUT_WR);
	while (read(fd, bytes, PIECE) > 0)
		;
	printf("%lld\n", (long long)(now_us() - began) / 1000);
}

static void turns(const char *path, unsigned count)
{
	char byte = 'x';
	int fd = connect_to(path);
	int64_t began = now_us();
	for (unsigned i = 0; i < count; i++)
		if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
			fail("turn");
	printf("%lld\n", (long long)(now_us() - began) / count);
}

static void peer(const char *path)
{
	struct sockaddr_un address = address_of(path);
	struct ucred credentials;
	socklen_t length = sizeof credentials;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1))
		fail(path);
	int fd = accept(listener, NULL, NULL);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length))
		fail("peer");
	printf("%u %u\n", credentials.uid, credentials.gid);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	unsigned number = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
	if (argc < 3)
		return 2;
	if (!strcmp(argv[1], "ask") || !strcmp(argv[1], "tell"))
		ask(argv[2], !strcmp(argv[1], "ask"));
	else if (!strcmp(argv[1], "many"))
		many(argv[2], number);
	else if (!strcmp(argv[1], "echo"))
		echo(argv[2], (uint64_t)number << 20);
	else if (!strcmp(argv[1], "pour") || !strcmp(argv[1], "drink"))
		pour(argv[2], (uint64_t)number << 20);
	else if (!strcmp(argv[1], "turns"))
		turns(argv[2], number);
	else if (!strcmp(argv[1], "peer"))
		peer(argv[2]);
	else
		return 2;
	return 0;
}
