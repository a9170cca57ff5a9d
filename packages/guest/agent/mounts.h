/*
 * Mounts inside the container's root. A target is resolved within the root, whatever links the image holds, and made if absent.
 */
#ifndef MOUNTS_H
#define MOUNTS_H

#include <stdbool.h>

#include "fault.h"
#include "items.h"

/* Where the mount ports' sessions are attached before the root is changed. */
#define PORT_PLAIN "/run/plain"
#define PORT_LOCKING "/run/locking"
/* Where the relay of the host's sockets listens. */
#define PORT_SOCKETS "/run/sockets"

/* The root while it is built; whoever opens it closes it. */
struct mount_root {
	int fd;
};

bool mount_root_open(struct mount_root *root, const char *path, struct fault *fault);

/* A path inside the root as a descriptor (O_PATH); links lead nowhere outside. -1 with errno. */
int mount_root_resolve(const struct mount_root *root, const char *path);

/* One `mount` item. */
bool mount_item(struct mount_root *root, struct view item, struct fault *fault);

/* Binds a file or directory of the agent's view onto `target`; flags of mount(2): MS_RDONLY or 0. */
bool mount_bind(struct mount_root *root, const char *source, const char *target, unsigned long flags,
		struct fault *fault);

/* Makes the directory where it is absent, and gives it as a descriptor (O_PATH). -1 with errno. */
int mount_root_directory(const struct mount_root *root, const char *path);

#endif
