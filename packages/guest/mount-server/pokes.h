/*
 * Raises the events of changes that were made on the host in the guest, for who watches files there: see mount_protocol.h. What has
 * happened waits here until it is known whether somebody watches, and is done over again by the guest, one after the other; while
 * that is under way the guest's thread gets answers as if it did something.
 *
 * That nobody watches is believed for a while. At the end of it the guest is asked once more when something has changed meanwhile, so
 * that who has begun to watch gets it late, and not never.
 */
#ifndef POKES_H
#define POKES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poke_queue.h"

struct inode;
struct server;

struct pokes {
	/* The thread of the guest that pokes; 0 before it has said so. */
	uint32_t thread;
	/* The first is under way when `is_active`. */
	struct poke_queue queue;
	bool is_active, is_asked;
	uint64_t serial;
	/* CLOCK_MONOTONIC, ns: when the guest was last asked what is watched, and from when on its answer holds. */
	int64_t asked_ns, answered_ns;
	int64_t unwatched_ms;
	/* Sorted. Owned. */
	uint64_t *watched;
	size_t watched_count;
};

/* The state of a file has changed. */
void poke_state(struct server *server, const struct inode *inode, bool attributes_only);

/* The same for a file that the guest has never looked at, in a directory that it may watch. */
void poke_state_of_name(struct server *server, const struct inode *directory, const char *name, bool attributes_only);

/*
 * A name has come, gone or moved. True when the guest shall hold the names as they were for a moment: they are outdated when the
 * event has been raised.
 */
bool poke_create(struct server *server, const struct inode *directory, const char *name);
bool poke_delete(struct server *server, const struct inode *directory, const char *name, bool is_directory);
bool poke_move(struct server *server, const struct inode *from, const char *name, const struct inode *to,
	       const char *new_name);

/* Goes on with what waits, as far as the guest may be told. */
void pokes_run(struct server *server);

/* Milliseconds until pokes_run has something to do by itself, -1 for never. */
int pokes_timeout(const struct server *server);

/* Frames of the guest; false when they make no sense. */
bool pokes_take_watched(struct server *server, const struct fuse_in_header *frame);
bool pokes_take_done(struct server *server, const struct fuse_in_header *frame);

#endif
