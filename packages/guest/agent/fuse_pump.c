#define _GNU_SOURCE
#include "fuse_pump.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuse_carry.h"
#include "mount_protocol.h"

/* What the child inherited stays the parent's: its terminal, its sockets, its working directory. */
static void let_go_of_all_but(unsigned a, unsigned b)
{
	unsigned low = a < b ? a : b, high = a < b ? b : a;
	if (low > 0)
		syscall(SYS_close_range, 0u, low - 1, 0u);
	if (high > low + 1)
		syscall(SYS_close_range, low + 1, high - 1, 0u);
	syscall(SYS_close_range, high + 1, ~0u, 0u);
	if (chdir("/"))
		_exit(errno);
}

pid_t fuse_pump_start(const struct fuse_pump *options)
{
	int kernel = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (kernel < 0)
		return -errno;
	char data[160];
	snprintf(data, sizeof data,
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions,max_read=%u", kernel,
		 MOUNT_MAX_DATA);
	/* A device node that somebody made in a shared directory must not be a door to this VM's devices. */
	if (mount("host", options->mountpoint, "fuse", MS_NODEV | MS_NOATIME, data)) {
		int error = errno;
		close(kernel);
		return -error;
	}
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_NAME, "mount-pump");
		signal(SIGPIPE, SIG_IGN);
		let_go_of_all_but((unsigned)kernel, (unsigned)options->port);
		fuse_carry(kernel, options->port, options);
	}
	int error = errno;
	close(kernel);
	if (child < 0) {
		umount2(options->mountpoint, MNT_DETACH);
		return -error;
	}
	return child;
}
