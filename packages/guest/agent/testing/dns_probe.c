/*
 * Inside a test's container: `serve` answers questions on port 53 of every address, `ask udp|tcp` asks 127.0.0.11, `open PATH` opens a
 * device.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_socket(int type, const char *address, int serve)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(53) };
	int fd = socket(AF_INET, type, 0);
	inet_pton(AF_INET, address, &at.sin_addr);
	if (serve ? bind(fd, (struct sockaddr *)&at, sizeof at) : connect(fd, (struct sockaddr *)&at, sizeof at)) {
		printf("%s: %s\n", serve ? "bind" : "connect", strerror(errno));
		return -1;
	}
	return fd;
}

static int serve(void)
{
	int udp = open_socket(SOCK_DGRAM, "0.0.0.0", 1), tcp = open_socket(SOCK_STREAM, "0.0.0.0", 1);
	if (udp < 0 || tcp < 0 || listen(tcp, 4))
		return 1;
	puts("serving");
	fflush(stdout);
	for (;;) {
		struct pollfd polled[2] = { { .fd = udp, .events = POLLIN }, { .fd = tcp, .events = POLLIN } };
		struct sockaddr_in from;
		socklen_t size = sizeof from;
		char message[512];
		poll(polled, 2, -1);
		if (polled[0].revents) {
			ssize_t length = recvfrom(udp, message, sizeof message, 0, (struct sockaddr *)&from, &size);
			message[2] |= (char)0x80;
			sendto(udp, message, (size_t)length, 0, (struct sockaddr *)&from, size);
		}
		if (polled[1].revents) {
			int asker = accept(tcp, NULL, NULL);
			ssize_t length = read(asker, message, sizeof message);
			message[4] |= (char)0x80;
			if (write(asker, message, (size_t)length) < 0)
				perror("write");
			close(asker);
		}
	}
}

/* A question without a connection, so that the answer's sender can be seen. */
static int ask_udp(const char *question, size_t length)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(53) }, from;
	socklen_t size = sizeof from;
	char answer[512];
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	inet_pton(AF_INET, "127.0.0.11", &at.sin_addr);
	sendto(fd, question, length, 0, (struct sockaddr *)&at, sizeof at);
	struct pollfd polled = { .fd = fd, .events = POLLIN };
	if (poll(&polled, 1, 5000) != 1)
		return puts("no answer"), 1;
	ssize_t got = recvfrom(fd, answer, sizeof answer, 0, (struct sockaddr *)&from, &size);
	printf("udp %zd %02x %d from %s:%d\n", got, (unsigned char)answer[2], answer[3] & 15, inet_ntoa(from.sin_addr),
	       ntohs(from.sin_port));
	return 0;
}

static int ask_tcp(const char *question, size_t length)
{
	char answer[512];
	int fd = open_socket(SOCK_STREAM, "127.0.0.11", 0);
	if (fd < 0 || write(fd, question, length) < 0)
		return 1;
	ssize_t got = read(fd, answer, sizeof answer);
	printf("tcp %zd %02x\n", got, (unsigned char)answer[4]);
	return 0;
}

int main(int count, char **args)
{
	static const char question[] = "\0\x1e\x12\x34\x01\0\0\1\0\0\0\0\0\0\4name\4test\0\0\1\0\1";
	if (count == 2 && !strcmp(args[1], "serve"))
		return serve();
	if (count == 3 && !strcmp(args[1], "ask"))
		return !strcmp(args[2], "udp") ? ask_udp(question + 2, sizeof question - 3) :
						 ask_tcp(question, sizeof question - 1);
	if (count == 3 && !strcmp(args[1], "open")) {
		int fd = open(args[2], O_RDONLY | O_NONBLOCK);
		puts(fd < 0 ? strerror(errno) : "opened");
		return 0;
	}
	return 2;
}
