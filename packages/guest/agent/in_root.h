/*
 * Paths of the container, resolved within its root only: neither `..` nor any link leads out.
 */
#ifndef IN_ROOT_H
#define IN_ROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Before the container's mounts are joined, from where the agent's own /proc can't be reached any more. */
bool in_root_init(void);

/* Below another root, an open directory. */
int open_inside(int root, const char *path, uint64_t flags);

/* `flags` of open(2); O_NOFOLLOW concerns the last part. -1 with errno. */
int in_root_open(const char *path, int flags);

/* The path of an open file as seen in the root. */
bool in_root_path(int fd, char *path, size_t size);

/* Cuts `path` into its directory and last part (of at most 255 bytes). "/" and "a/." have the last part ".". */
bool in_root_split(const char *path, char *directory, size_t size, char *name);

#endif
