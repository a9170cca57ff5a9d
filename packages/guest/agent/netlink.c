#define _GNU_SOURCE
#include "netlink.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void netlink_begin(struct netlink_request *request, unsigned type, unsigned flags, const void *fixed, size_t size)
{
	memset(request, 0, sizeof *request);
	request->head = (struct nlmsghdr){ .nlmsg_len = (uint32_t)NLMSG_LENGTH(size), .nlmsg_type = (uint16_t)type,
					   .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags) };
	memcpy(NLMSG_DATA(&request->head), fixed, size);
}

void netlink_attribute(struct netlink_request *request, unsigned type, const void *value, size_t size)
{
	struct rtattr *at = (struct rtattr *)((char *)request + NLMSG_ALIGN(request->head.nlmsg_len));
	at->rta_type = (unsigned short)type;
	at->rta_len = (unsigned short)RTA_LENGTH(size);
	memcpy(RTA_DATA(at), value, size);
	request->head.nlmsg_len = NLMSG_ALIGN(request->head.nlmsg_len) + (uint32_t)RTA_ALIGN(at->rta_len);
}

int netlink_open(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

bool netlink_send(int socket, struct netlink_request *request)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[512];
	} answer;
	if (send(socket, request, request->head.nlmsg_len, 0) < 0)
		return false;
	if (recv(socket, &answer, sizeof answer, 0) < (ssize_t)sizeof(struct nlmsghdr) + (ssize_t)sizeof(int))
		return false;
	if (answer.head.nlmsg_type != NLMSG_ERROR) {
		errno = EPROTO;
		return false;
	}
	errno = -answer.error.error;
	return answer.error.error == 0;
}
