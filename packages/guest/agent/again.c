#define _GNU_SOURCE
#include "again.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "covers.h"
#include "protocol.h"

/* More than anybody stacks on one another. */
#define MOST_MOUNTS 64

static int open_one(int pid, const char *name)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

bool namespaces_open(struct namespaces *namespaces, int pid)
{
	*namespaces = (struct namespaces){ open_one(pid, "mnt"), open_one(pid, "uts"), open_one(pid, "ipc"),
					   open_one(pid, "cgroup") };
	return namespaces->mounts >= 0 && namespaces->uts >= 0 && namespaces->ipc >= 0 && namespaces->cgroup >= 0;
}

void namespaces_close(struct namespaces *namespaces)
{
	close(namespaces->mounts);
	close(namespaces->uts);
	close(namespaces->ipc);
	close(namespaces->cgroup);
	*namespaces = (struct namespaces){ -1, -1, -1, -1 };
}

static void take_off(const char *path)
{
	for (int count = 0; count < MOST_MOUNTS && !umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW); count++)
		;
}

/* The flags of the mount of /proc that the setup asks for; -1 when it asks for none. */
static int64_t proc_flags(struct view setup)
{
	struct item item;
	bool broken = false;
	while (item_next(&setup, &item, &broken)) {
		const char *target = item.tag == TAG_MOUNT ? item_string(item_find(item.bytes, TAG_MOUNT_TARGET)) : NULL;
		const char *type = target ? item_string(item_find(item.bytes, TAG_MOUNT_TYPE)) : NULL;
		if (type && !strcmp(target, "/proc") && !strcmp(type, "proc"))
			return item_number(item_find(item.bytes, TAG_MOUNT_FLAGS), 0);
	}
	return -1;
}

/* The old one shows a PID namespace in which nobody lives. Made before that is gone: there is no other /proc to name it by. */
static bool renew_proc(struct view setup, struct fault *fault)
{
	int64_t flags = proc_flags(setup);
	if (flags < 0)
		return true;
	/* MS_RDONLY, MS_NOSUID, MS_NODEV and MS_NOEXEC have the same numbers as MOUNT_ATTR_…. */
	unsigned attributes = (unsigned)flags & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
	int context = (int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
	int tree = -1;
	if (context >= 0 && !syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		tree = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
	bool renewed = tree >= 0;
	if (renewed) {
		take_off("/proc");
		renewed = !syscall(SYS_move_mount, tree, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH);
	}
	if (!renewed)
		fault_errno(fault, "mounting /proc");
	if (tree >= 0)
		close(tree);
	if (context >= 0)
		close(context);
	return renewed && cover_paths_below(setup, "/proc/", fault);
}

bool again_enter(const struct namespaces *namespaces, struct view setup, struct fault *fault)
{
	/* By the agent's own mounts, so first. */
	if (!cgroup_enter() || setns(namespaces->cgroup, CLONE_NEWCGROUP) || setns(namespaces->uts, CLONE_NEWUTS) ||
	    setns(namespaces->ipc, CLONE_NEWIPC) || setns(namespaces->mounts, CLONE_NEWNS))
		return fault_errno(fault, "joining the container");
	/* The terminal of the last run. */
	take_off("/dev/console");
	return renew_proc(setup, fault);
}
