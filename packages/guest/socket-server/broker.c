#include "broker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Refusals that are told in the log, which a guest could fill otherwise. */
#define MOST_COMPLAINTS 200

/* By a descriptor of the socket itself, whose path may be of any length and lead over links. */
static int connect_by(int fd, int socket)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", socket);
	return connect(fd, (struct sockaddr *)&address, sizeof address) ? -errno : 0;
}

/* As that user: no other moment needs it. */
static int connect_as(int fd, int socket, const struct relay_open *wanted)
{
	int result = setegid(wanted->gid) || seteuid(wanted->uid) ? -errno : connect_by(fd, socket);
	if (seteuid(0) || setegid(0))
		_exit(1);
	return result;
}

/* A connected descriptor, or -errno. Never waits: EAGAIN when as many as the program lets wait already do. */
static int connect_to(const char *path, const struct relay_open *wanted)
{
	int target = open(path, O_PATH | O_CLOEXEC);
	if (target < 0)
		return -errno;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int result = fd < 0 ? -errno : connect_as(fd, target, wanted);
	close(target);
	if (result == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return result;
}

static void complain(const char *path, int error)
{
	static unsigned told;
	if (error != EAGAIN && told++ < MOST_COMPLAINTS)
		fprintf(stderr, "socket-server: %s: %s\n", path, strerror(error));
}

union descriptor_message {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static void answer(int channel, int result)
{
	union descriptor_message descriptor = { 0 };
	struct iovec part = { .iov_base = &result, .iov_len = sizeof result };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	if (result >= 0) {
		message.msg_control = descriptor.bytes;
		message.msg_controllen = sizeof descriptor.bytes;
		*CMSG_FIRSTHDR(&message) = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
							     .cmsg_level = SOL_SOCKET,
							     .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &result, sizeof result);
	}
	while (sendmsg(channel, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
	if (result >= 0)
		close(result);
}

void broker_serve(int channel, char *const *paths, size_t count)
{
	for (;;) {
		struct relay_open wanted;
		ssize_t length = recv(channel, &wanted, sizeof wanted, 0);
		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			return;
		int result = -EINVAL;
		if (length == sizeof wanted && wanted.socket < count)
			result = connect_to(paths[wanted.socket], &wanted);
		if (result < 0 && wanted.socket < count)
			complain(paths[wanted.socket], -result);
		answer(channel, result);
	}
}

int broker_connect(int channel, const struct relay_open *wanted)
{
	int result = 0;
	union descriptor_message descriptor;
	struct iovec part = { .iov_base = &result, .iov_len = sizeof result };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = descriptor.bytes,
				  .msg_controllen = sizeof descriptor.bytes };
	struct iovec asked = { .iov_base = (void *)wanted, .iov_len = sizeof *wanted };
	struct msghdr question = { .msg_iov = &asked, .msg_iovlen = 1 };
	if (sendmsg(channel, &question, MSG_NOSIGNAL) != sizeof *wanted)
		_exit(1);
	ssize_t length;
	while ((length = recvmsg(channel, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		;
	if (length != sizeof result)
		_exit(1);
	if (result < 0)
		return result;
	const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	if (!head || head->cmsg_type != SCM_RIGHTS)
		/* There was no room for a descriptor here. */
		return -EMFILE;
	int fd;
	memcpy(&fd, CMSG_DATA(head), sizeof fd);
	return fd;
}
