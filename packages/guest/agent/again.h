/*
 * Another run of the container's program: in a new PID namespace, and otherwise in the namespaces, mounts and limits of the run
 * that has ended.
 */
#ifndef AGAIN_H
#define AGAIN_H

#include <stdbool.h>

#include "fault.h"
#include "items.h"

struct namespaces {
	int mounts, uts, ipc, cgroup;
};

/* Those of a living process, kept open. False with errno. */
bool namespaces_open(struct namespaces *namespaces, int pid);

/* What they hold (the disk) is then free when their last process has ended. */
void namespaces_close(struct namespaces *namespaces);

/* The calling process, the first of a PID namespace, joins them, and its PID namespace is what /proc shows. */
bool again_enter(const struct namespaces *namespaces, struct view setup, struct fault *fault);

#endif
