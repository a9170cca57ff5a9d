/*
 * The state of one mount server. It has one thread: requests and host events are handled one after the other, so what is
 * compared and noted in one of them holds until its end.
 */
#ifndef SERVER_H
#define SERVER_H

#define FUSE_USE_VERSION 314
#include <fuse3/fuse_lowlevel.h>

#include "catch_up.h"
#include "host_events.h"
#include "inodes.h"
#include "locks.h"
#include "notify.h"
#include "open_files.h"
#include "options.h"
#include "pokes.h"
#include "replacements.h"

struct server {
	const struct options *options;
	/* O_PATH of this process's /proc/self/fd: the way from an O_PATH descriptor to an open file. */
	int descriptors;
	struct fuse_session *session;
	struct inodes inodes;
	struct open_files open_files;
	struct host_events host_events;
	struct notifier notifier;
	struct locks locks;
	/* Of the request at hand: what an interruption of it names. */
	uint64_t unique;
	/* Nothing is sent: what the guest has been told before is said again, to libfuse alone. */
	bool silent;
	/* There was a server before. */
	bool resumed;
	/* Of the last handle given to the guest. */
	uint64_t handles;
	struct pokes pokes;
	struct catch_up catch_up;
	struct replacements replacements;
};

/* In the number of a handle: the guest does not say when one of those who share it closes it. */
#define HANDLE_UNFLUSHED 1u

/* The server that a request came to. */
static inline struct server *server_of(fuse_req_t request)
{
	return fuse_req_userdata(request);
}

/* Room for "N" of /proc/self/fd/N. */
struct fd_name {
	char text[12];
};

/* The name of `fd` below server.descriptors. */
struct fd_name fd_name(int fd);

#endif
