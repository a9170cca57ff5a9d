/*
 * One mount port of this VM: a kernel FUSE mount whose frames travel over a virtio-serial port to the mount server.
 */
#ifndef FUSE_PUMP_H
#define FUSE_PUMP_H

#include <sys/types.h>

struct fuse_pump {
	/* An existing directory; entry i of the port appears as `mountpoint`/i. Mounted in the caller's mount namespace. */
	const char *mountpoint;
	/* The opened port (blocking, O_RDWR). Stays the caller's: close it after fuse_pump_start. */
	int port;
	/* Where to write "2" so that the kernel forgets absent names, /proc/sys/vm/drop_caches in a VM; NULL: nowhere. */
	const char *drop_caches;
	/* Where to look for programs that watch files, as /proc has them. */
	const char *processes;
};

/*
 * Mounts, and starts a child process that pumps until the mount or the port goes. Returns the child's pid (the caller
 * reaps it; its end means that the mount is dead), or -errno with nothing left mounted.
 *
 * Never touches the mount itself: the first lookup below it blocks until the server answers, so a caller that must not
 * hang does that in a child.
 */
pid_t fuse_pump_start(const struct fuse_pump *pump);

#endif
