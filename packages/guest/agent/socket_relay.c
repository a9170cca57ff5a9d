#define _GNU_SOURCE
#include "socket_relay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "mounts.h"
#include "ports.h"
#include "protocol.h"
#include "relay_process.h"
#include "socket_protocol.h"

/* Those that wait to be accepted, for each socket; what the kernel lets them be. */
#define BACKLOG 4096

/* As on the host: by who may write to it, the kernel judges who may connect. */
static bool listen_at(const char *path, struct view mount, int *listener)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	strcpy(address.sun_path, path);
	*listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*listener < 0 || bind(*listener, (struct sockaddr *)&address, sizeof address))
		return false;
	uid_t uid = (uid_t)item_number(item_find(mount, TAG_UID), 0);
	gid_t gid = (gid_t)item_number(item_find(mount, TAG_GID), 0);
	mode_t mode = (mode_t)item_number(item_find(mount, TAG_MODE), 0600) & 0777;
	return !chown(path, uid, gid) && !chmod(path, mode) && !listen(*listener, BACKLOG);
}

static bool listen_for(struct view mount, int *listeners, struct fault *fault)
{
	const char *entry = item_string(item_find(mount, TAG_MOUNT_SOURCE));
	char *rest;
	unsigned long number = entry && *entry >= '0' && *entry <= '9' ? strtoul(entry, &rest, 10) : MOST_SOCKETS;
	if (number >= MOST_SOCKETS || *rest || listeners[number] >= 0)
		return fault_set(fault, 128, EINVAL, "a socket makes no sense, or there are more than %u", MOST_SOCKETS);
	char path[sizeof PORT_SOCKETS + 16];
	snprintf(path, sizeof path, PORT_SOCKETS "/%lu", number);
	return listen_at(path, mount, &listeners[number]) || fault_errno(fault, "listening for the host's socket %lu", number);
}

static bool listen_for_all(struct view setup, int *listeners, bool *any, struct fault *fault)
{
	struct item item;
	bool broken = false;
	while (item_next(&setup, &item, &broken)) {
		const char *port = item.tag == TAG_MOUNT ? item_string(item_find(item.bytes, TAG_MOUNT_PORT)) : NULL;
		if (!port || strcmp(port, "sockets"))
			continue;
		*any = true;
		if (!listen_for(item.bytes, listeners, fault))
			return false;
	}
	return true;
}

static bool start(const int *listeners, struct fault *fault)
{
	int port = port_open("sockets", O_NONBLOCK, 0);
	if (port < 0)
		return fault_errno(fault, "opening the port sockets");
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_NAME, "socket-relay");
		relay_process(port, listeners);
	}
	close(port);
	return child > 0 ? true : fault_errno(fault, "starting the relay of sockets");
}

bool socket_relay_start(struct view setup, struct fault *fault)
{
	int listeners[MOST_SOCKETS];
	bool any = false;
	for (unsigned i = 0; i < MOST_SOCKETS; i++)
		listeners[i] = -1;
	bool started = listen_for_all(setup, listeners, &any, fault) && (!any || start(listeners, fault));
	for (unsigned i = 0; i < MOST_SOCKETS; i++)
		if (listeners[i] >= 0)
			close(listeners[i]);
	return started;
}
