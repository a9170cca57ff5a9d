#define _GNU_SOURCE
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATIENCE_MS 2000

static bool in_use[DISKS];

/* The kernel names them in the order of their addresses: the container's own comes first. */
static const char *path_of(int disk)
{
	static char path[] = "/dev/vda";
	path[sizeof path - 2] = (char)('a' + disk);
	return path;
}

static int mount_from(int context, int disk)
{
	const struct {
		unsigned command;
		const char *key, *value;
	} steps[] = {
		{ FSCONFIG_SET_STRING, "source", path_of(disk) },
		/* Under way it would only compete with the container for the disk. */
		{ FSCONFIG_SET_FLAG, "noinit_itable", NULL },
		/* A volume stays: what is deleted in it goes back to the host. */
		{ FSCONFIG_SET_FLAG, disk == OWN_DISK ? "nodiscard" : "discard", NULL },
		{ FSCONFIG_CMD_CREATE, NULL, NULL },
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (syscall(SYS_fsconfig, context, steps[i].command, steps[i].key, steps[i].value, 0))
			return -1;
	return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOATIME);
}

int disk_mount(int disk, struct fault *fault)
{
	int context = (int)syscall(SYS_fsopen, "ext4", FSOPEN_CLOEXEC);
	int mounted = context < 0 ? -1 : mount_from(context, disk);
	if (mounted < 0)
		fault_errno(fault, disk == OWN_DISK ? "mounting the disk" : "mounting the disk of a volume");
	if (context >= 0)
		close(context);
	in_use[disk] |= mounted >= 0;
	return mounted;
}

static void wait_until_free(int disk)
{
	for (int waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms++) {
		int opened = open(path_of(disk), O_RDONLY | O_EXCL | O_CLOEXEC);
		if (opened >= 0) {
			close(opened);
			return;
		}
		if (errno != EBUSY)
			return;
		usleep(1000);
	}
}

void disks_wait_until_free(void)
{
	sync();
	for (int disk = 0; disk < DISKS; disk++)
		if (in_use[disk])
			wait_until_free(disk);
}
