/*
 * The container's disk.
 */
#ifndef DISK_H
#define DISK_H

#include "fault.h"

/*
 * Its file system as a detached mount, or -1. The agent mounts it, as the container's cgroup may not open the device.
 */
int disk_mount(struct fault *fault);

/* Waits, not for ever, until nothing has it mounted any more and all is written back. */
void disk_wait_until_free(void);

#endif
