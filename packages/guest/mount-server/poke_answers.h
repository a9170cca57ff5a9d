/*
 * Answers to the guest's thread that pokes, as if it did something.
 */
#ifndef POKE_ANSWERS_H
#define POKE_ANSWERS_H

#include "server.h"

/* Each answers the request and says true when it is that thread's and part of the poke under way. */
bool poke_answers_lookup(fuse_req_t request, struct inode *directory, const char *name);
bool poke_answers_making(fuse_req_t request, struct inode *directory, const char *name);
bool poke_answers_change(fuse_req_t request);
bool poke_answers_setattr(fuse_req_t request, struct inode *inode);

#endif
