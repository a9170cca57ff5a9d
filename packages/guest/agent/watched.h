/*
 * What is watched by inotify in this kernel.
 */
#ifndef WATCHED_H
#define WATCHED_H

#include <stddef.h>
#include <stdint.h>

/*
 * The numbers (nodeid) of the watched inodes of one FUSE file system, by its device as /proc/PID/fdinfo writes it; at most
 * `room`. `processes` is /proc, or a directory like it.
 */
size_t watched_nodes(const char *processes, uint32_t device, uint64_t *nodes, size_t room);

#endif
