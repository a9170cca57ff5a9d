/*
 * Changes that are made on the host behind the guest's back: seen by inotify in every directory that the guest knows, and on
 * files that may change under a name elsewhere; passed on as notifications. What this server does itself is told apart and not passed on.
 */
#ifndef HOST_EVENTS_H
#define HOST_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "expected.h"

struct inode;
struct server;

#define WATCH_BUCKETS 4096

struct host_events {
	/* inotify, -1 when the host has no more to give: then nothing counts as watched. */
	int fd;
	/* By watch descriptor, chained; two share one when two sources lead to one directory. */
	struct inode *watched[WATCH_BUCKETS];
	size_t file_watches;
	struct expected expected;
	/* On the clock of files: all events from before that have been handled. */
	struct timespec drained;
	/* After lost events: the next inode to look at again, 0 when not looking. */
	uint64_t scan_next;
	bool warned;
	/* A name that went somewhere: where to, the next event tells, unless that is out of sight. */
	struct {
		uint64_t directory;
		uint32_t cookie;
		bool is_directory;
		char name[256];
	} moved;
};

void host_events_init(struct host_events *events);

/*
 * Watches a directory, with the names in it, or a file alone. True when it was not watched before and is now; that the host
 * has no more watches is said once on stderr.
 */
bool watch_inode(struct server *server, struct inode *inode);
void unwatch_inode(struct server *server, struct inode *inode);

/* True while the guest may be told as much as one more round can need. */
bool host_events_wanted(const struct server *server);

/* Handles what has happened since, as far as the guest may be told. */
void host_events_run(struct server *server);

#endif
