/*
 * The container's file system, built in its own mount namespace.
 */
#ifndef ROOTFS_H
#define ROOTFS_H

#include <stdbool.h>

#include "container.h"
#include "fault.h"
#include "items.h"

/* In the template: cuts this mount namespace off from the agent's. */
bool rootfs_prepare(void);

/* Mounts the disk and everything that the setup says, and makes it the root. */
bool rootfs_build(struct view setup, struct container_mounts mounts, struct fault *fault);

#endif
