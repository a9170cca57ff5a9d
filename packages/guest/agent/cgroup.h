/*
 * The container's cgroup (v2): /sys/fs/cgroup/container in the agent's view, the root in the container's.
 */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "items.h"

/* Makes it. /sys/fs/cgroup is mounted. */
bool cgroup_create(void);

/* The cgroup's folder; the caller closes it. -1 with errno. */
int cgroup_open(void);

/* The calling process goes in. */
bool cgroup_enter(void);

/* Writes the limits of the setup. */
bool cgroup_limit(struct view setup, struct fault *fault);

/* True when the kernel has killed one of its processes for lack of memory, since it was last forgotten. */
bool cgroup_was_oom_killed(void);
void cgroup_forget_oom_kills(void);

struct cgroup_usage {
	int64_t cpu_ns, memory, inactive_file, memory_limit, pids;
};
void cgroup_read_usage(struct cgroup_usage *usage);

#endif
