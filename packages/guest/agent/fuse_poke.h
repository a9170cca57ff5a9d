/*
 * The thread of the pump by which changes of the host are done over again, so that the kernel raises their events: see
 * mount_protocol.h.
 */
#ifndef FUSE_POKE_H
#define FUSE_POKE_H

#include <stddef.h>

#include "mount_protocol.h"

struct fuse_poke {
	/* Where the file system is mounted, and where programs are found: /proc. */
	const char *mountpoint, *processes;
	/* Sends a frame to the server. */
	void (*send)(const void *frame, size_t length);
};

/* The body of the thread, which runs for ever; `options` is a struct fuse_poke. */
void *fuse_poke(void *options);

/* For another thread: a frame of MOUNT_ASK_WATCHED or MOUNT_POKE, which is copied. */
void fuse_poke_take(const struct fuse_out_header *frame);

#endif
