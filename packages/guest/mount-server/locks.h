/*
 * Locks that machines and processes of the host share: each lock of the guest is one of the host's kernel. fcntl locks are open
 * file description locks on a descriptor per file and owner, so that the guest's processes exclude each other as the host's do;
 * flock locks likewise per open file of the guest.
 */
#ifndef LOCKS_H
#define LOCKS_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define FUSE_USE_VERSION 314
#include <fuse3/fuse_lowlevel.h>

struct inode;
struct server;

enum lock_kind { LOCK_KIND_FCNTL, LOCK_KIND_FLOCK };

/* Who holds, or waits for, locks of one kind on one file. Closing its descriptor gives all of them back. */
struct lock_holder {
	uint64_t inode, owner;
	enum lock_kind kind;
	int fd;
	/* By which of the guest's handles it locked, where the guest does not say when that one is closed; else 0. */
	uint64_t handle;
	struct lock_holder *next;
};

/* A request that is answered when the lock is free. */
struct lock_waiter {
	fuse_req_t request;
	uint64_t unique;
	struct lock_holder *holder;
	struct flock range;
	int operation;
	struct lock_waiter *next;
};

struct locks {
	struct lock_holder *holders;
	struct lock_waiter *waiting;
	unsigned holder_count, waiter_count;
	/* When the waiting are looked at next, in milliseconds of the monotonic clock, and how long after that the time after. */
	int64_t due;
	int pause_ms;
};

/* Milliseconds until locks_retry has something to do, -1 for never. */
int locks_timeout(const struct server *server);

/* Looks, when it is time, whose lock has become free, and answers them. */
void locks_retry(struct server *server);

/* Gives a waiting request up. */
void locks_interrupt(struct server *server, uint64_t unique);

/* Gives back all locks of one owner of a file. */
void locks_drop(struct server *server, uint64_t inode, uint64_t owner, enum lock_kind kind);

/* The same for a handle that is closed. */
void locks_drop_handle(struct server *server, uint64_t handle);

/* The same for a file that the guest does not know any more. */
void locks_forget(struct server *server, uint64_t inode);

/* Sets a lock, or takes it back, and answers: at once, or with `waits` when it is free. */
void lock_range(fuse_req_t request, struct inode *inode, const struct fuse_file_info *file, const struct flock *range,
		bool waits);
void lock_whole(fuse_req_t request, struct inode *inode, const struct fuse_file_info *file, int operation);

/* Answers with a lock that stands in the way of `range`, or that none does. */
void lock_test(fuse_req_t request, struct inode *inode, uint64_t owner, struct flock range);

#endif
