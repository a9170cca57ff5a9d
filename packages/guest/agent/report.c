#define _GNU_SOURCE
#include "report.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What goes over the wire: everything but the descriptors, which travel beside it. */
#define REPORT_BYTES offsetof(struct report, fd_count)


bool report_pair(int *mine, int *theirs)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return false;
	*mine = ends[0];
	*theirs = ends[1];
	return true;
}

bool report_send(int socket, const struct report *report)
{
	struct iovec bytes = { (void *)(uintptr_t)report, REPORT_BYTES };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(REPORT_MAX_FDS * sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };
	if (report->fd_count > 0) {
		size_t size = (size_t)report->fd_count * sizeof(int);
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(size);
		control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(size), .cmsg_level = SOL_SOCKET,
						 .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.head), report->fds, size);
	}
	ssize_t sent;
	do
		sent = sendmsg(socket, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)REPORT_BYTES;
}

void report_fault(int socket, const struct fault *fault)
{
	struct report report = { .kind = REPORT_FAULT, .fault = *fault };
	if (!report_send(socket, &report))
		complain("unheard: %s", fault->text);
}

int report_receive(int socket, struct report *report)
{
	struct iovec bytes = { report, REPORT_BYTES };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(REPORT_MAX_FDS * sizeof(int))];
	} control;
	struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof control };
	ssize_t received;
	do
		received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (received < 0 && errno == EINTR);
	if (received < 0 && errno == EAGAIN)
		return 0;
	report->fd_count = 0;
	struct cmsghdr *head = received > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
		report->fd_count = (int)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(report->fds, CMSG_DATA(head), (size_t)report->fd_count * sizeof(int));
	}
	return received == (ssize_t)REPORT_BYTES ? 1 : -1;
}
