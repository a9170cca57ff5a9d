/*
 * What stands between a guest that has taken the mount server over and the host.
 */
#ifndef CAGE_H
#define CAGE_H

#include "options.h"

/*
 * Opens the sources as mounts of our own, so that they can be carried into the cage. Ends the process with a message when one
 * can't be.
 */
int *open_sources(const struct options *options);

struct cage {
	/* O_PATH of the new root: one entry per source, named by its index. */
	int root;
	/* O_PATH of this process's /proc/self/fd, of a proc that shows nothing but processes. */
	int descriptors;
};

/*
 * Goes on in a child that is alone in new mount, PID, network, IPC and UTS namespaces and whose file system is a read-only
 * directory with the sources; returns in the child only. The parent says "ready" on standard output after the child's
 * `cage_ready`, and ends as the child ends. `note_child` is called in the parent, which keeps `lock` open.
 */
struct cage enter_cage(const struct options *options, const int *sources, int lock, void (*note_child)(int pid));

/* The child serves from here on; closes what it has of the parent's standard streams but for the messages. */
void cage_ready(void);

#endif
