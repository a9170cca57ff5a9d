/*
 * Requests to the kernel's network configuration (rtnetlink(7)), one at a time, each acknowledged.
 */
#ifndef NETLINK_H
#define NETLINK_H

#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>

struct netlink_request {
	struct nlmsghdr head;
	char body[256];
};

/* Begins a request: the fixed part of its type is copied. */
void netlink_begin(struct netlink_request *request, unsigned type, unsigned flags, const void *fixed, size_t size);
void netlink_attribute(struct netlink_request *request, unsigned type, const void *value, size_t size);

/* A socket for netlink_send; the caller closes it. -1 with errno. */
int netlink_open(void);

/* False with errno as the kernel answered. */
bool netlink_send(int socket, struct netlink_request *request);

#endif
