#include "pokes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

/*
 * How long an answer about what is watched holds. That somebody watches: long, a poke too many is only a poke. That nobody does:
 * as short as the guest can afford, which has to look through all of its processes.
 */
#define WATCHED_MS 10000
#define LEAST_UNWATCHED_MS 100
#define MOST_UNWATCHED_MS 2000
#define UNWATCHED_PER_LOOK 20

/* One read of events gives at most 64 with names. */
#define ROOM_FOR_A_ROUND 130

/* What the guest has learned by itself meanwhile may make a poke fail; then its names are outdated and it is tried again. */
#define MOST_TRIES 3

bool pokes_have_room(const struct pokes *pokes)
{
	return pokes->count + ROOM_FOR_A_ROUND <= MOST_POKES;
}

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
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

static bool concerns_somebody(const struct pokes *pokes, const struct poke *poke)
{
	return is_watched(pokes, poke->directory) || is_watched(pokes, poke->to) || is_watched(pokes, poke->file);
}

static void drop(struct pokes *pokes)
{
	struct poke *poke = &pokes->waiting[pokes->first];
	free(poke->name);
	free(poke->new_name);
	pokes->first = (pokes->first + 1) % MOST_POKES;
	pokes->count--;
}

/* Takes a copy of the names. False without room: the event is lost, what the guest sees is right all the same. */
static bool queue(struct pokes *pokes, struct poke poke)
{
	if (pokes->count == MOST_POKES)
		return false;
	poke.name = poke.name ? strdup(poke.name) : NULL;
	poke.new_name = poke.new_name ? strdup(poke.new_name) : NULL;
	pokes->waiting[(pokes->first + pokes->count) % MOST_POKES] = poke;
	pokes->count++;
	return true;
}

/* One save is often several changes of state in a row. */
static bool is_last(const struct pokes *pokes, const struct poke *poke)
{
	/* The one under way may have been seen already. */
	if (pokes->count <= (size_t)pokes->is_active)
		return false;
	const struct poke *last = &pokes->waiting[(pokes->first + pokes->count - 1) % MOST_POKES];
	return last->kind == poke->kind && last->file == poke->file && last->directory == poke->directory &&
	       (poke->file || (last->name && !strcmp(last->name, poke->name)));
}

void poke_state_of_name(struct server *server, const struct inode *directory, const char *name, bool attributes_only)
{
	struct poke poke = { .kind = attributes_only ? POKE_ATTRIB : POKE_MODIFY,
			     .directory = directory->id,
			     .name = (char *)name };
	if (!is_last(&server->pokes, &poke))
		queue(&server->pokes, poke);
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
	if (!is_last(&server->pokes, &poke))
		queue(&server->pokes, poke);
}

/* Where it is known that somebody watches, the names are kept until the event has been raised. */
static bool queue_names(struct server *server, struct poke poke)
{
	struct pokes *pokes = &server->pokes;
	poke.holds_names = poke.kind != POKE_CREATE && concerns_somebody(pokes, &poke);
	return queue(pokes, poke) && poke.holds_names;
}

bool poke_create(struct server *server, const struct inode *directory, const char *name)
{
	return queue_names(server, (struct poke){ .kind = POKE_CREATE, .directory = directory->id, .name = (char *)name });
}

bool poke_delete(struct server *server, const struct inode *directory, const char *name, bool is_directory)
{
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

static struct mount_node node_of(struct server *server, uint64_t id)
{
	const struct inode *inode = id ? inodes_get(&server->inodes, id) : NULL;
	return inode ? (struct mount_node){ inode->id, inode->generation } : (struct mount_node){ 0, 0 };
}

/* What the file is now; false when it has gone meanwhile: whatever took it away has an event of its own. */
static bool state_of(struct server *server, const struct poke *poke, struct stat *st)
{
	const struct inode *directory = inodes_get(&server->inodes, poke->kind == POKE_MOVE ? poke->to : poke->directory);
	const struct inode *file = inodes_get(&server->inodes, poke->file);
	if (poke->kind == POKE_DELETE) {
		*st = (struct stat){ .st_mode = poke->mode };
		return true;
	}
	if (poke->file)
		return file && fstat(file->fd, st) == 0;
	const char *name = poke->kind == POKE_MOVE ? poke->new_name : poke->name;
	return directory && name && fstatat(directory->fd, name, st, AT_SYMLINK_NOFOLLOW) == 0;
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

static void send(struct server *server, int what, const struct mount_poke *body)
{
	struct {
		struct fuse_out_header head;
		struct mount_poke body;
	} frame = { .head = { .len = sizeof frame.head, .error = what } };
	if (body) {
		frame.body = *body;
		frame.head.len = sizeof frame;
	}
	if (write(fuse_session_fd(server->session), &frame, frame.head.len) == frame.head.len)
		server->notifier.sent++;
}

/* Written from the end; empty when it does not fit or is not known. */
static void path_of(struct server *server, uint64_t id, char *path)
{
	char text[MOUNT_POKE_PATH];
	size_t start = sizeof text - 1;
	text[start] = *path = '\0';
	for (int depth = 0; id != ROOT_ID; depth++) {
		const struct inode *inode = id ? inodes_get(&server->inodes, id) : NULL;
		size_t length = inode && inode->name ? strlen(inode->name) : 0;
		if (!length || length + 1 > start || depth > 256)
			return;
		if (text[start])
			text[--start] = '/';
		start -= length;
		memcpy(text + start, inode->name, length);
		id = inode->parent;
	}
	memcpy(path, text + start, sizeof text - start);
}

static void begin(struct server *server, const struct poke *poke, const struct stat *st)
{
	struct mount_poke body = {
		.serial = ++server->pokes.serial,
		.kind = poke->kind,
		.mode = st->st_mode,
		.size = (uint64_t)st->st_size,
		.file = node_of(server, poke->file),
		.directory = node_of(server, poke->directory),
		.to = node_of(server, poke->to),
	};
	strncpy(body.name, poke->name ? poke->name : "", sizeof body.name - 1);
	strncpy(body.new_name, poke->new_name ? poke->new_name : "", sizeof body.new_name - 1);
	path_of(server, poke->directory, body.directory_path);
	path_of(server, poke->to, body.to_path);
	server->pokes.is_active = true;
	send(server, MOUNT_POKE, &body);
}

static void finish(struct server *server)
{
	struct pokes *pokes = &server->pokes;
	if (pokes->waiting[pokes->first].holds_names)
		outdate_names(server, &pokes->waiting[pokes->first]);
	pokes->is_active = false;
	drop(pokes);
}

void pokes_run(struct server *server)
{
	struct pokes *pokes = &server->pokes;
	while (pokes->count && !pokes->is_active && !pokes->is_asked && notify_room(server) >= 8) {
		struct stat st;
		const struct poke *poke = &pokes->waiting[pokes->first];
		bool is_watched = concerns_somebody(pokes, poke);
		if (!pokes->thread || now_ms() - pokes->asked_ms > (is_watched ? WATCHED_MS : pokes->unwatched_ms)) {
			pokes->is_asked = true;
			pokes->asked_ms = now_ms();
			send(server, MOUNT_ASK_WATCHED, NULL);
			return;
		}
		if (is_watched && state_of(server, poke, &st))
			begin(server, poke, &st);
		else
			finish(server);
	}
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
		qsort(watched, count, sizeof *watched, compare);
		free(pokes->watched);
		pokes->watched = watched;
		pokes->watched_count = count;
	}
	pokes->thread = server->inodes.ledger->poke_thread = frame->pid;
	pokes->is_asked = false;
	int64_t took_ms = now_ms() - pokes->asked_ms, holds_ms = took_ms * UNWATCHED_PER_LOOK;
	pokes->unwatched_ms = holds_ms < LEAST_UNWATCHED_MS ? LEAST_UNWATCHED_MS :
			      holds_ms > MOST_UNWATCHED_MS  ? MOST_UNWATCHED_MS :
							      holds_ms;
	/* What was asked for holds from the answer on. */
	pokes->asked_ms += took_ms;
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
	struct poke *poke = &pokes->waiting[pokes->first];
	if (!done.error || ++poke->tries >= MOST_TRIES || !state_of(server, poke, &st)) {
		finish(server);
		return true;
	}
	outdate_names(server, poke);
	begin(server, poke, &st);
	return true;
}
