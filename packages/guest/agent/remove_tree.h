/*
 * Removes what has a name, whatever it is.
 */
#ifndef REMOVE_TREE_H
#define REMOVE_TREE_H

#include <stdbool.h>

/*
 * A directory goes with all that is in it, but never with what is mounted below it (EBUSY). Links are not followed. True when
 * there is nothing of that name any more; false with errno.
 */
bool remove_tree(int directory, const char *name);

#endif
