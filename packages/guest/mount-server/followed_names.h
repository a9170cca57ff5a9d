/*
 * A source that is a file is a name to its user: who saves by rename, or checks out another version, puts a new file there. The
 * parent of the servers follows the name and hands the new file to the server, which could not open it from its cage.
 *
 * Only a regular file that takes the very name in the very directory counts; a link there is never followed, for the guest may be
 * able to make one.
 */
#ifndef FOLLOWED_NAMES_H
#define FOLLOWED_NAMES_H

#include "cage.h"

/* Which of the sources are files; makes following them what the parent does meanwhile. */
void names_follow(struct parent *parent);

/* Before a child is made: its end of a channel on which new files come (replacements.h), or -1 when there are no names to follow. */
int names_channel(void);

/* In the child: closes all else of this. */
void names_let_go(void);

#endif
