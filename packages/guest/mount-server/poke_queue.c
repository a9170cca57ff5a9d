#include "poke_queue.h"

#include <stdlib.h>
#include <string.h>

/* One read of events gives at most 64 with names. */
#define ROOM_FOR_A_ROUND 130

bool poke_queue_has_room(const struct poke_queue *queue)
{
	return queue->count + queue->owed_count + ROOM_FOR_A_ROUND <= MOST_POKES;
}

struct poke *poke_queue_first(struct poke_queue *queue)
{
	return &queue->waiting[queue->first];
}

const struct poke *poke_queue_last(const struct poke_queue *queue, size_t skipped)
{
	return queue->count > skipped ? &queue->waiting[(queue->first + queue->count - 1) % MOST_POKES] : NULL;
}

bool poke_queue_add(struct poke_queue *queue, struct poke poke)
{
	if (queue->count + queue->owed_count >= MOST_POKES)
		return false;
	poke.name = poke.name ? strdup(poke.name) : NULL;
	poke.new_name = poke.new_name ? strdup(poke.new_name) : NULL;
	queue->waiting[(queue->first + queue->count) % MOST_POKES] = poke;
	queue->count++;
	return true;
}

static void free_names(struct poke *poke)
{
	free(poke->name);
	free(poke->new_name);
}

static struct poke take_first(struct poke_queue *queue)
{
	struct poke first = *poke_queue_first(queue);
	queue->first = (queue->first + 1) % MOST_POKES;
	queue->count--;
	return first;
}

void poke_queue_drop_first(struct poke_queue *queue)
{
	struct poke first = take_first(queue);
	free_names(&first);
}

static struct poke *from_end(struct poke_queue *queue, size_t back)
{
	return &queue->waiting[(queue->first + queue->count - 1 - back) % MOST_POKES];
}

bool poke_queue_take_back(struct poke_queue *queue, size_t skipped, uint64_t directory, const char *name)
{
	for (size_t back = 0; back + skipped < queue->count; back++) {
		const struct poke *poke = from_end(queue, back);
		if (poke->directory != directory || !poke->name || strcmp(poke->name, name) || poke->is_late ||
		    poke->kind == POKE_DELETE || poke->kind == POKE_MOVE)
			return false;
		if (poke->kind != POKE_CREATE)
			continue;
		for (size_t i = 0; i <= back; i++)
			free_names(from_end(queue, i));
		queue->count -= back + 1;
		return true;
	}
	return false;
}

static bool names_equal(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool pokes_equal(const struct poke *a, const struct poke *b)
{
	return a->kind == b->kind && a->file == b->file && a->directory == b->directory && a->to == b->to &&
	       names_equal(a->name, b->name) && names_equal(a->new_name, b->new_name);
}

bool poke_queue_owe_first(struct poke_queue *queue)
{
	struct poke first = take_first(queue);
	bool is_known = queue->owed_count && pokes_equal(&queue->owed[queue->owed_count - 1], &first);
	bool has_room = queue->owed_count < MOST_OWED;
	if (is_known || !has_room) {
		free_names(&first);
		return is_known;
	}
	first.is_late = true;
	queue->owed[queue->owed_count++] = first;
	return true;
}

void poke_queue_settle(struct poke_queue *queue, bool (*concerns_somebody)(const void *context, const struct poke *poke),
		       const void *context)
{
	for (; queue->owed_count; queue->owed_count--) {
		struct poke *poke = &queue->owed[queue->owed_count - 1];
		if (!concerns_somebody(context, poke)) {
			free_names(poke);
			continue;
		}
		queue->first = (queue->first + MOST_POKES - 1) % MOST_POKES;
		queue->waiting[queue->first] = *poke;
		queue->count++;
	}
}
