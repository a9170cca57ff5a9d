#define _GNU_SOURCE
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DISK "/dev/vda"
#define PATIENCE_MS 2000

static int mount_from(int context)
{
	static const struct {
		unsigned command;
		const char *key, *value;
	} steps[] = {
		{ FSCONFIG_SET_STRING, "source", DISK },
		/* Under way it would only compete with the container for the disk. */
		{ FSCONFIG_SET_FLAG, "noinit_itable", NULL },
		{ FSCONFIG_CMD_CREATE, NULL, NULL },
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (syscall(SYS_fsconfig, context, steps[i].command, steps[i].key, steps[i].value, 0))
			return -1;
	return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOATIME);
}

int disk_mount(struct fault *fault)
{
	int context = (int)syscall(SYS_fsopen, "ext4", FSOPEN_CLOEXEC);
	int mounted = context < 0 ? -1 : mount_from(context);
	if (mounted < 0)
		fault_errno(fault, "mounting the disk");
	if (context >= 0)
		close(context);
	return mounted;
}

void disk_wait_until_free(void)
{
	sync();
	for (int waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms++) {
		int disk = open(DISK, O_RDONLY | O_EXCL | O_CLOEXEC);
		if (disk >= 0) {
			close(disk);
			return;
		}
		if (errno != EBUSY)
			return;
		usleep(1000);
	}
}
