/*
 * The mount ports: FUSE sessions whose server is on the host (fuse_pump.h).
 */
#ifndef MOUNT_PORTS_H
#define MOUNT_PORTS_H

#include "container.h"
#include "fault.h"
#include "items.h"

/* Starts a pump for each port that a mount of the setup names, and gives its file system as a detached mount. */
bool mount_ports_open(struct view setup, struct container_mounts *mounts, struct fault *fault);

#endif
