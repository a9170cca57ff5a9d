/*
 * What stands between a guest that has taken the mount server over and the host.
 */
#ifndef CAGE_H
#define CAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "options.h"

/* What the parent keeps to start a child, and one after it. */
struct parent {
	const struct options *options;
	/* O_PATH of the sources. */
	int *sources;
	/* Of the parent itself: children get new ones. */
	int pid_namespace;
	/* Held as long as there is a child. */
	int lock;
	/* Told the child's number, by which only the parent knows it. */
	void (*note_child)(int pid);
	/* What the parent does for a child that serves, until that ends; NULL: nothing. */
	void (*meanwhile)(void);
};

/* Opens the sources and leaves the host's network. Ends the process with a message when a source can't be opened. */
struct parent become_parent(const struct options *options, int lock, void (*note_child)(int pid));

/* A source as a mount of its own, which can be carried into a cage. -1 with errno. */
int source_mount(const struct parent *parent, size_t index);

struct cage {
	/* O_PATH of the new root: one entry per source, named by its index. */
	int root;
	/* O_PATH of this process's /proc/self/fd, of a proc that shows nothing but processes. */
	int descriptors;
};

/*
 * Goes on in a child that is alone in new mount, PID, network, IPC and UTS namespaces and whose file system is a read-only
 * directory with the sources: true, in the child. The parent says "ready" on standard output after the first child's
 * `cage_ready`, and ends as the child ends; when a signal has ended it, the parent returns with false. `socket` is the child's.
 */
bool enter_cage(const struct parent *parent, int socket, struct cage *cage);

/* The child serves from here on; closes what it has of the parent's standard streams but for the messages. */
void cage_ready(void);

#endif
