#define _GNU_SOURCE
#include "mount_ports.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuse_pump.h"
#include "ports.h"
#include "protocol.h"

static bool is_used(struct view setup, const char *wanted)
{
	struct item item;
	bool broken = false;
	while (item_next(&setup, &item, &broken)) {
		if (item.tag != TAG_MOUNT)
			continue;
		const char *port = item_string(item_find(item.bytes, TAG_MOUNT_PORT));
		if (port && !strcmp(port, wanted))
			return true;
	}
	return false;
}

static bool open_port(const char *name, const char *directory, int *tree, struct fault *fault)
{
	int port = port_open(name, 0, 0);
	if (port < 0)
		return fault_errno(fault, "opening the port %s", name);
	mkdir(directory, 0755);
	struct fuse_pump pump = { .mountpoint = directory,
				  .port = port,
				  .drop_caches = "/proc/sys/vm/drop_caches",
				  .processes = "/proc" };
	pid_t child = fuse_pump_start(&pump);
	close(port);
	if (child < 0) {
		errno = -child;
		return fault_errno(fault, "mounting by the port %s", name);
	}
	/* Looks nothing up below the mount, so it does not wait for the server. */
	*tree = (int)syscall(SYS_open_tree, AT_FDCWD, directory, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	return *tree >= 0 ? true : fault_errno(fault, "handing on the port %s", name);
}

bool mount_ports_open(struct view setup, struct container_mounts *mounts, struct fault *fault)
{
	return (!is_used(setup, "plain") || open_port("mount-plain", "/run/plain", &mounts->plain, fault)) &&
	       (!is_used(setup, "locking") || open_port("mount-locking", "/run/locking", &mounts->locking, fault));
}
