/*
 * The container's /dev, as Docker fills it: nothing of the machine's own devices.
 */
#ifndef DEVICES_H
#define DEVICES_H

#include "mounts.h"

/* /dev has been mounted in the root. */
bool devices_make(struct mount_root *root, struct fault *fault);

#endif
