/*
 * The machine's disks: the container's own, and those of volumes that are file systems of their own.
 */
#ifndef DISK_H
#define DISK_H

#include <stdbool.h>

#include "fault.h"

#define OWN_DISK 0
#define DATA_DISKS 4
#define DISKS (1 + DATA_DISKS)

/*
 * A disk's file system as a detached mount, or -1. The agent mounts it, as the container's cgroup may not open the device.
 */
int disk_mount(int disk, struct fault *fault);

/* Waits, not for ever, until nothing has any of them mounted any more and all is written back. */
void disks_wait_until_free(void);

#endif
