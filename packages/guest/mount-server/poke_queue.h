/*
 * Changes of the host that wait to be done over again in the guest, in their order; and those that nobody watched when the guest
 * was last asked, which are owed to whoever has begun to watch before it is asked again.
 */
#ifndef POKE_QUEUE_H
#define POKE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "../agent/mount_protocol.h"

#define MOST_POKES 2048
#define MOST_OWED 256

struct poke {
	enum mount_poke_kind kind;
	mode_t mode;
	/* Numbers of inodes: they may be forgotten while this waits. `to`: where a move leads. */
	uint64_t file, directory, to;
	/* Owned by the queue. */
	char *name, *new_name;
	/* The guest holds the names as they were until this is done. */
	bool holds_names;
	/* It was owed: what it tells of may have been undone meanwhile. */
	bool is_late;
	int tries;
	/* CLOCK_MONOTONIC, ns: when it was queued. */
	int64_t queued_ns;
	/* It has not happened before this, on the clock of files. */
	struct timespec after;
};

struct poke_queue {
	/* A ring. */
	struct poke waiting[MOST_POKES];
	size_t first, count;
	struct poke owed[MOST_OWED];
	size_t owed_count;
};

/* There is room for what one more round of events can bring, and for all that is owed. */
bool poke_queue_has_room(const struct poke_queue *queue);

struct poke *poke_queue_first(struct poke_queue *queue);

/* NULL without any behind the first `skipped`. */
const struct poke *poke_queue_last(const struct poke_queue *queue, size_t skipped);

/* Takes a copy of the names. False without room: the event is lost, what the guest sees is right all the same. */
bool poke_queue_add(struct poke_queue *queue, struct poke poke);

void poke_queue_drop_first(struct poke_queue *queue);

/*
 * A name has gone of which it was to be told that it came: nobody needs to hear of either. False when that does not wait behind the
 * first `skipped`.
 */
bool poke_queue_take_back(struct poke_queue *queue, size_t skipped, uint64_t directory, const char *name);

/* The first is owed from now on. False when that are too many: it is dropped. */
bool poke_queue_owe_first(struct poke_queue *queue);

/* The same change, seen again. */
bool pokes_equal(const struct poke *a, const struct poke *b);

/* What is owed to somebody comes before all that waits, the rest is owed no more. */
void poke_queue_settle(struct poke_queue *queue, bool (*concerns_somebody)(const void *context, const struct poke *poke),
		       const void *context);

#endif
