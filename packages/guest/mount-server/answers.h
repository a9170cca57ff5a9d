/*
 * What the guest is told about files, and for how long it may believe it.
 */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "server.h"

/*
 * Finds a name in a directory and counts one more lookup of its inode. 0, or an errno. The name must be valid.
 */
int look_up(struct server *server, struct inode *parent, const char *name, struct fuse_entry_param *entry);

/* Takes lookups back. */
void forget(struct server *server, uint64_t id, uint64_t count);

/* Answers LOOKUP, MKDIR and their like; ENOENT as an absent name that may be cached. */
void reply_look_up(fuse_req_t request, struct inode *parent, const char *name);

void reply_attributes(fuse_req_t request, struct inode *inode);

/* One component of a path: not empty, no slash, neither "." nor "..". */
bool is_name(const char *name);

/* The inode of a request, or NULL after an answer of ESTALE. */
struct inode *inode_of(fuse_req_t request, fuse_ino_t id);

/* The same for a directory and a name in it; EINVAL for a bad name. */
struct inode *directory_of(fuse_req_t request, fuse_ino_t id, const char *name);

#endif
