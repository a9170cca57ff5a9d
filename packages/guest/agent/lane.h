/*
 * A second thread that puts files of one directory while its caller puts those of another: making thousands of small files is what
 * a sync's time goes to, and a machine has more than one processor. What it has been given and what it does are in the order of
 * the archive; that nothing else is done meanwhile in the same directory is up to the caller, who can ask.
 */
#ifndef LANE_H
#define LANE_H

#include "extract.h"

/* Whether it can be given another directory: it has none, or is about to be done with those that it has. */
bool lane_is_free(void);

/* Whether it has something to do in the directory, or was the last to be given something there. */
bool lane_has(const char *directory);

/* Whether a member can be given to it at all. */
bool lane_can_take(const struct tar_entry *entry);

/*
 * Gives it a member of `directory`, contents included. False when these cannot be read, or with the fault of a member given
 * before. `extraction` lives on.
 */
bool lane_give(struct tar_reader *reader, const struct extraction *extraction, const char *directory, const char *name,
	       const struct tar_entry *entry, struct fault *fault);

/* Until all is done; no directory is open then. False with the fault of the first member that could not be put. */
bool lane_wait(struct fault *fault);

#endif
