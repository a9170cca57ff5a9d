#include "unanswered.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The list owns its entries. */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static struct unanswered *first, **last = &first;
static uint64_t count;

static struct unanswered *new_entry(uint32_t length)
{
	struct unanswered *entry = malloc(sizeof *entry + length);
	if (!entry)
		_exit(ENOMEM);
	return entry;
}

void unanswered_keep(const struct fuse_in_header *frame)
{
	if (frame->opcode == FUSE_FORGET || frame->opcode == FUSE_BATCH_FORGET || frame->opcode == FUSE_INTERRUPT)
		return;
	struct unanswered *entry = new_entry(frame->len);
	entry->next = NULL;
	entry->unique = frame->unique;
	entry->length = frame->len;
	memcpy(entry->frame, frame, frame->len);
	pthread_mutex_lock(&guard);
	entry->number = ++count;
	*last = entry;
	last = &entry->next;
	pthread_mutex_unlock(&guard);
}

void unanswered_done(uint64_t unique)
{
	pthread_mutex_lock(&guard);
	struct unanswered **at = &first;
	while (*at && (*at)->unique != unique)
		at = &(*at)->next;
	struct unanswered *entry = *at;
	if (entry) {
		*at = entry->next;
		if (!*at)
			last = at;
	}
	pthread_mutex_unlock(&guard);
	free(entry);
}

struct unanswered *unanswered_after(uint64_t number)
{
	struct unanswered *copy = NULL;
	pthread_mutex_lock(&guard);
	struct unanswered *entry = first;
	while (entry && entry->number <= number)
		entry = entry->next;
	if (entry) {
		copy = new_entry(entry->length);
		memcpy(copy, entry, sizeof *copy + entry->length);
	}
	pthread_mutex_unlock(&guard);
	return copy;
}
