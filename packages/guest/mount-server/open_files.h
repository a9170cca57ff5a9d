/*
 * Guests of the plain profile never say that they open or close a file, so files are opened by their first read or write and
 * closed a little later.
 */
#ifndef OPEN_FILES_H
#define OPEN_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct inode;
struct server;

struct open_files {
	/* By last use. Members belong to the inode table; being here means `io` is open. */
	struct inode *oldest, *newest;
	size_t count, writable;
};

/*
 * A descriptor to read, or with `writing` also to write a regular file; valid until the next call here. -errno: EINVAL for
 * anything but a regular file.
 */
int open_file(struct server *server, struct inode *inode, bool writing);

/* The same for the entries of a directory. */
int open_directory(struct server *server, struct inode *inode);

void close_file(struct server *server, struct inode *inode);

/* Closes what was open for writing and unused for a while: others may wait for that (ETXTBSY, IN_CLOSE_WRITE). */
void close_idle_files(struct server *server);

/* Milliseconds until close_idle_files has something to do, -1 for never. */
int open_files_timeout(const struct server *server);

#endif
