#include "pokes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "poke_frames.h"
#include "server.h"

/*
 * How long an answer about what is watched holds. That somebody watches: long, a poke too many is only a poke. That nobody does:
 * as short as the guest can afford, which has to look through all of its processes.
 */
#define WATCHED_MS 10000
#define LEAST_UNWATCHED_MS 100
#define MOST_UNWATCHED_MS 2000
#define UNWATCHED_PER_LOOK 20

/* What the guest has learned by itself meanwhile may make a poke fail; then its names are outdated and it is tried again. */
#define MOST_TRIES 3

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
	return left < right ? -1 : left > right;
}

static bool is_watched(const struct pokes *pokes, uint64_t id)
{
	return id && pokes->watched_count && bsearch(&id, pokes->watched, pokes->watched_count, sizeof id, compare);
}

static bool concerns_somebody(const void *context, const struct poke *poke)
{
	const struct pokes *pokes = context;
	return is_watched(pokes, poke->directory) || is_watched(pokes, poke->to) || is_watched(pokes, poke->file);
}

static bool queue(struct server *server, struct poke poke)
{
	poke.queued_ns = now_ns();
	poke.after = server->host_events.drained;
	return poke_queue_add(&server->pokes.queue, poke);
}

/* One save is often several changes of state in a row. The one under way may have been seen already. */
static void queue_state(struct server *server, struct poke poke)
{
	const struct pokes *pokes = &server->pokes;
	const struct poke *last = poke_queue_last(&pokes->queue, pokes->is_active);
	if (!last || !pokes_equal(last, &poke))
		queue(server, poke);
}

void poke_state_of_name(struct server *server, const struct inode *directory, const char *name, bool attributes_only)
{
	struct poke poke = { .kind = attributes_only ? POKE_ATTRIB : POKE_MODIFY,
			     .directory = directory->id,
			     .name = (char *)name };
	queue_state(server, poke);
}

void poke_state(struct server *server, const struct inode *inode, bool attributes_only)
{
	struct poke poke = { .kind = attributes_only ? POKE_ATTRIB : POKE_MODIFY, .file = inode->id };
	if (inode->type == S_IFLNK || inode->id == ROOT_ID || (inode->type != S_IFREG && !attributes_only))
		return;
	if (inode->parent != ROOT_ID) {
		poke.directory = inode->parent;
		poke.name = inode->name;
	}
	queue_state(server, poke);
}

/* Where it is known that somebody watches, the names are kept until the event has been raised. */
static bool queue_names(struct server *server, struct poke poke)
{
	struct pokes *pokes = &server->pokes;
	poke.holds_names = poke.kind != POKE_CREATE && concerns_somebody(pokes, &poke);
	return queue(server, poke) && poke.holds_names;
}

bool poke_create(struct server *server, const struct inode *directory, const char *name)
{
	return queue_names(server, (struct poke){ .kind = POKE_CREATE, .directory = directory->id, .name = (char *)name });
}

bool poke_delete(struct server *server, const struct inode *directory, const char *name, bool is_directory)
{
	if (poke_queue_take_back(&server->pokes.queue, server->pokes.is_active, directory->id, name))
		return false;
	return queue_names(server, (struct poke){ .kind = POKE_DELETE,
						  .mode = is_directory ? S_IFDIR | 0755 : S_IFREG | 0644,
						  .directory = directory->id,
						  .name = (char *)name });
}

bool poke_move(struct server *server, const struct inode *from, const char *name, const struct inode *to,
	       const char *new_name)
{
	return queue_names(server, (struct poke){ .kind = POKE_MOVE,
						  .directory = from->id,
						  .to = to->id,
						  .name = (char *)name,
						  .new_name = (char *)new_name });
}

static bool is_there(struct server *server, uint64_t directory, const char *name, struct stat *st)
{
	const struct inode *inode = inodes_get(&server->inodes, directory);
	return inode && name && fstatat(inode_fd(inode), name, st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What the file is now; false when it has gone meanwhile: whatever took it away has an event of its own. */
static bool state_of(struct server *server, const struct poke *poke, struct stat *st)
{
	const struct inode *file = inodes_get(&server->inodes, poke->file);
	/* A name that has come back is not taken away late. */
	if (poke->is_late && (poke->kind == POKE_DELETE || poke->kind == POKE_MOVE) &&
	    is_there(server, poke->directory, poke->name, st))
		return false;
	if (poke->kind == POKE_DELETE) {
		*st = (struct stat){ .st_mode = poke->mode };
		return true;
	}
	if (poke->file)
		return file && fstat(inode_fd(file), st) == 0;
	if (poke->kind == POKE_MOVE)
		return is_there(server, poke->to, poke->new_name, st);
	return is_there(server, poke->directory, poke->name, st);
}

static void outdate_names(struct server *server, const struct poke *poke)
{
	const struct inode *directory = inodes_get(&server->inodes, poke->directory);
	const struct inode *to = poke->to ? inodes_get(&server->inodes, poke->to) : NULL;
	if (directory && poke->name) {
		notify_entry(server, directory, poke->name);
		notify_content(server, directory);
	}
	if (to && poke->new_name) {
		notify_entry(server, to, poke->new_name);
		notify_content(server, to);
	}
}

static void begin(struct server *server, const struct poke *poke, const struct stat *st)
{
	server->pokes.is_active = true;
	send_poke(server, poke, st, ++server->pokes.serial);
}

static void finish(struct server *server)
{
	struct pokes *pokes = &server->pokes;
	const struct poke *first = poke_queue_first(&pokes->queue);
	if (first->holds_names || first->is_late)
		outdate_names(server, first);
	pokes->is_active = false;
	poke_queue_drop_first(&pokes->queue);
}

/* Nobody watches. Unless the guest has been asked since, somebody may have begun to before it happened. */
static void put_off(struct server *server)
{
	struct pokes *pokes = &server->pokes;
	const struct poke *first = poke_queue_first(&pokes->queue);
	struct timespec after = first->after;
	if (first->holds_names)
		outdate_names(server, first);
	if (first->queued_ns < pokes->asked_ns)
		poke_queue_drop_first(&pokes->queue);
	else if (!poke_queue_owe_first(&pokes->queue))
		catch_up_want(&server->catch_up, after, false);
}

static void ask(struct server *server)
{
	server->pokes.is_asked = true;
	server->pokes.asked_ns = server->pokes.answered_ns = now_ns();
	send_question(server);
}

/* Milliseconds until the answer is too old. */
static int64_t holds_for(const struct pokes *pokes, bool is_watched)
{
	int64_t age_ms = (now_ns() - pokes->answered_ns) / 1000000;
	return pokes->thread ? (is_watched ? WATCHED_MS : pokes->unwatched_ms) - age_ms : -1;
}

/* Something depends on what is watched once the answer is too old. */
static bool will_ask(const struct server *server)
{
	return server->pokes.queue.owed_count || server->catch_up.is_wanted;
}

int pokes_timeout(const struct server *server)
{
	const struct pokes *pokes = &server->pokes;
	/* Without room a frame of the guest comes first. */
	if (!will_ask(server) || pokes->is_asked || pokes->is_active || notify_room(server) < 8)
		return -1;
	int64_t left_ms = holds_for(pokes, false);
	return left_ms < 0 ? 0 : (int)left_ms + 1;
}

void pokes_run(struct server *server)
{
	struct pokes *pokes = &server->pokes;
	while (!pokes->is_active && !pokes->is_asked && notify_room(server) >= 8) {
		struct stat st;
		const struct poke *poke = pokes->queue.count ? poke_queue_first(&pokes->queue) : NULL;
		bool is_watched = poke && concerns_somebody(pokes, poke);
		if (!poke && !will_ask(server))
			return;
		if (holds_for(pokes, is_watched) < 0)
			ask(server);
		else if (!poke)
			return;
		else if (!is_watched)
			put_off(server);
		else if (state_of(server, poke, &st))
			begin(server, poke, &st);
		else
			finish(server);
	}
}

/* What is owed is owed no more from then on. */
static void take_ids(struct server *server, uint64_t *watched, size_t count)
{
	struct pokes *pokes = &server->pokes;
	qsort(watched, count, sizeof *watched, compare);
	if (server->catch_up.is_wanted)
		catch_up_begin(&server->catch_up, watched, count, pokes->watched, pokes->watched_count);
	free(pokes->watched);
	pokes->watched = watched;
	pokes->watched_count = count;
	poke_queue_settle(&pokes->queue, concerns_somebody, pokes);
}

bool pokes_take_watched(struct server *server, const struct fuse_in_header *frame)
{
	struct pokes *pokes = &server->pokes;
	size_t bytes = frame->len - sizeof *frame, count = bytes / sizeof(uint64_t);
	if (!pokes->is_asked || bytes % sizeof(uint64_t) || count > MOUNT_MOST_WATCHED || !frame->pid)
		return false;
	uint64_t *watched = malloc(bytes + 1);
	if (watched) {
		memcpy(watched, frame + 1, bytes);
		take_ids(server, watched, count);
	}
	pokes->thread = server->inodes.ledger->poke_thread = frame->pid;
	pokes->is_asked = false;
	int64_t took_ns = now_ns() - pokes->asked_ns, holds_ms = took_ns * UNWATCHED_PER_LOOK / 1000000;
	pokes->unwatched_ms = holds_ms < LEAST_UNWATCHED_MS ? LEAST_UNWATCHED_MS :
			      holds_ms > MOST_UNWATCHED_MS  ? MOST_UNWATCHED_MS :
							      holds_ms;
	/* What was asked for holds from the answer on. */
	pokes->answered_ns += took_ns;
	return true;
}

bool pokes_take_done(struct server *server, const struct fuse_in_header *frame)
{
	struct pokes *pokes = &server->pokes;
	struct mount_poked done;
	struct stat st;
	if (frame->len != sizeof *frame + sizeof done)
		return false;
	memcpy(&done, frame + 1, sizeof done);
	if (!pokes->is_active || done.serial != pokes->serial)
		return false;
	struct poke *poke = poke_queue_first(&pokes->queue);
	if (!done.error || ++poke->tries >= MOST_TRIES || !state_of(server, poke, &st)) {
		finish(server);
		return true;
	}
	outdate_names(server, poke);
	begin(server, poke, &st);
	return true;
}
