/*
 * Where events are lacking (the kernel had no room for them, or more came than are kept for those who begin to watch), what the
 * guest watches is looked through for what is newer than they are, and that is raised as if it had been told.
 */
#ifndef CATCH_UP_H
#define CATCH_UP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct server;

struct catch_up {
	/* Begins as soon as it is known what is watched: with everything, or with what was not watched before. */
	bool is_wanted, is_everything;
	/* On the clock of files. */
	struct timespec since;
	/* Inodes to look at. Owned. */
	uint64_t *ids;
	size_t count, next;
	/* Of the directory that is looked at, -1 between two. */
	int listing;
	_Alignas(8) char entries[4096];
	size_t at, filled;
};

void catch_up_init(struct catch_up *catch_up);

/* Events since then may be lacking. `everything`: for all that is watched, not only for what was not watched until now. */
void catch_up_want(struct catch_up *catch_up, struct timespec since, bool everything);

/* Sorted lists of what is watched now and was before. */
void catch_up_begin(struct catch_up *catch_up, const uint64_t *watched, size_t count, const uint64_t *before,
		    size_t before_count);

/* Goes on, as far as the guest may be told. */
void catch_up_run(struct server *server);

#endif
