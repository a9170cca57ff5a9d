/*
 * The container: a process that sits in namespaces of its own (PID, mount, UTS, IPC, cgroup) since the template was made,
 * builds the root when it is told how, and becomes the container's process when it is told to.
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "disk.h"

/* Makes the process and waits until it is ready. */
bool container_create(void);

pid_t container_pid(void);

/* Detached mounts: the disk, and, or -1, the mount ports' FUSE file systems and the disks of volumes. */
struct container_mounts {
	int disk, plain, locking, data[DATA_DISKS];
};
#define NO_MOUNTS ((struct container_mounts){ -1, -1, -1, { -1, -1, -1, -1 } })

/* Where the setup is put together for it: memory shared with it, of MAX_DESCRIPTION bytes. */
uint8_t *container_description(void);

/*
 * Tells it to mount in advance what the description says of mounts and covered paths: a setup that says the same has less to do.
 * Answered as a setup is.
 */
bool container_prepare(size_t length);

/* Tells it to build the root as the description of that length says. Its answer, a REPORT_READY or a REPORT_FAULT, comes on container_socket(). Closes the mounts. */
bool container_setup(size_t length, struct container_mounts mounts);

/* Tells it to become the process; its reports come on container_socket(), whose end says that the program runs. */
bool container_start(void);

/*
 * Runs the program again, after it has ended, as the same setup says; its reports come on a new container_socket(). Mounts, names,
 * limits and the network are those of the run before.
 */
bool container_start_again(void);

/* No further run: what only the container holds is free when its last process has ended. */
void container_let_go(void);

/* Readable when there is a report; non-blocking. -1 once closed. */
int container_socket(void);
void container_close_socket(void);

/* Joins all of its namespaces; the caller's children will be in its PID namespace. `mounts_only`: just its mounts. */
bool container_join(bool mounts_only);

#endif
