#include "inodes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"

static size_t bucket_of(const struct inodes *inodes, dev_t dev, ino_t ino)
{
	uint64_t hash = (ino ^ (dev << 40)) * 0x9e3779b97f4a7c15u;
	return (hash >> 20) & (inodes->bucket_count - 1);
}

static void link_in(struct inodes *inodes, struct inode *inode)
{
	struct inode **bucket = &inodes->buckets[bucket_of(inodes, inode->dev, inode->ino)];
	inode->next_in_bucket = *bucket;
	*bucket = inode;
}

/* Without memory the chains just get longer. */
static void grow_buckets(struct inodes *inodes)
{
	size_t count = inodes->bucket_count * 2;
	struct inode **buckets = calloc(count, sizeof *buckets);
	if (!buckets)
		return;
	free(inodes->buckets);
	inodes->buckets = buckets;
	inodes->bucket_count = count;
	for (size_t id = 0; id < inodes->slot_count; id++)
		if (inodes->slots[id])
			link_in(inodes, inodes->slots[id]);
}

/* Makes room for one more element; false without memory. */
static bool make_room(void **array, size_t size, size_t count, size_t *room)
{
	if (count < *room)
		return true;
	size_t more = *room ? *room * 2 : 64;
	void *grown = realloc(*array, more * size);
	if (!grown)
		return false;
	*array = grown;
	*room = more;
	return true;
}

/* A slot for a new inode, 0 without memory. */
static uint64_t take_slot(struct inodes *inodes)
{
	if (inodes->vacant_count)
		return inodes->vacant[--inodes->vacant_count];
	if (!make_room((void **)&inodes->slots, sizeof *inodes->slots, inodes->slot_count, &inodes->slot_room))
		return 0;
	/* So that giving it back later can't fail. */
	if (!make_room((void **)&inodes->vacant, sizeof *inodes->vacant, inodes->slot_count, &inodes->vacant_room))
		return 0;
	if (inodes->slot_count >= sizeof inodes->ledger->inodes / sizeof *inodes->ledger->inodes)
		return 0;
	inodes->slots[inodes->slot_count] = NULL;
	return inodes->slot_count++;
}

void inodes_init(struct inodes *inodes, int root, struct ledger *ledger)
{
	*inodes = (struct inodes){ .bucket_count = 64, .ledger = ledger };
	descriptors_init(&inodes->descriptors);
	inodes->buckets = calloc(inodes->bucket_count, sizeof *inodes->buckets);
	struct stat st;
	must(fstat(root, &st), "the session's root");
	/* Id 0 means "none" in the protocol. */
	if (!inodes->buckets || take_slot(inodes) != 0)
		fail("inode table");
	struct inode *inode = inodes_add(inodes, root, &st, NO_SOURCE);
	if (!inode || inode->id != ROOT_ID)
		fail("inode table");
	inode_counted(inodes, inode, 1);
}

void inodes_reserve(struct inodes *inodes, size_t count)
{
	size_t first = inodes->slot_count;
	while (inodes->slot_count < count)
		if (!take_slot(inodes))
			fail("inode table");
	for (size_t id = first; id < count; id++)
		if (!inodes->ledger->inodes[id].lookups)
			inodes->vacant[inodes->vacant_count++] = id;
}

struct inode *inodes_get(struct inodes *inodes, uint64_t id)
{
	return id < inodes->slot_count ? inodes->slots[id] : NULL;
}

struct inode *inodes_find(struct inodes *inodes, const struct stat *st, uint32_t source)
{
	struct inode *inode = inodes->buckets[bucket_of(inodes, st->st_dev, st->st_ino)];
	while (inode && (inode->dev != st->st_dev || inode->ino != st->st_ino || inode->source != source))
		inode = inode->next_in_bucket;
	return inode;
}

void inodes_place(struct inodes *inodes, struct inode *inode)
{
	if (++inodes->used > inodes->bucket_count)
		grow_buckets(inodes);
	inodes->slots[inode->id] = inode;
	link_in(inodes, inode);
}

struct inode *inodes_add(struct inodes *inodes, int fd, const struct stat *st, uint32_t source)
{
	errno = ENFILE;
	if (inodes->used >= MOST_INODES)
		return NULL;
	struct inode *inode = malloc(sizeof *inode);
	if (!inode)
		return NULL;
	uint64_t id = take_slot(inodes);
	if (!id) {
		free(inode);
		errno = ENOMEM;
		return NULL;
	}
	*inode = (struct inode){ .id = id, .generation = ++inodes->ledger->generation, .dev = st->st_dev, .ino = st->st_ino,
				 .source = source, .type = st->st_mode & S_IFMT, .fd = -1, .watch = -1, .io = -1,
				 .table = inodes };
	inodes_place(inodes, inode);
	descriptor_adopt(inode, fd);
	if (inodes->ledger->slot_count < inodes->slot_count)
		inodes->ledger->slot_count = inodes->slot_count;
	inodes->ledger->inodes[id] =
		(struct kept_inode){ .generation = inode->generation, .dev = inode->dev, .ino = inode->ino,
				     .source = inode->source, .type = inode->type };
	return inode;
}

static void link_out(struct inodes *inodes, const struct inode *inode)
{
	struct inode **at = &inodes->buckets[bucket_of(inodes, inode->dev, inode->ino)];
	while (*at != inode)
		at = &(*at)->next_in_bucket;
	*at = inode->next_in_bucket;
}

void inodes_replace(struct inodes *inodes, struct inode *inode, int fd, const struct stat *st)
{
	link_out(inodes, inode);
	descriptor_close(inode);
	descriptor_adopt(inode, fd);
	inode->dev = inodes->ledger->inodes[inode->id].dev = st->st_dev;
	inode->ino = inodes->ledger->inodes[inode->id].ino = st->st_ino;
	link_in(inodes, inode);
}

void inodes_disown(struct inodes *inodes, struct inode *inode)
{
	link_out(inodes, inode);
	/* No file has that. */
	inode->dev = 0;
	inode->ino = 0;
	link_in(inodes, inode);
	free(inode->name);
	inode->name = NULL;
}

void inodes_remove(struct inodes *inodes, struct inode *inode)
{
	link_out(inodes, inode);
	inodes->slots[inode->id] = NULL;
	inodes->ledger->inodes[inode->id].lookups = 0;
	inodes->vacant[inodes->vacant_count++] = inode->id;
	inodes->used--;
	descriptor_close(inode);
	free(inode->name);
	free(inode);
}

void inode_counted(struct inodes *inodes, struct inode *inode, int64_t times)
{
	bool below = times < 0 && (uint64_t)-times > inode->lookups;
	inode->lookups = below ? 0 : inode->lookups + (uint64_t)times;
	inodes->ledger->inodes[inode->id].lookups = inode->lookups;
}

void inode_named(struct inodes *inodes, struct inode *inode, const struct inode *parent, const char *name)
{
	if (inode->name && inode->parent == parent->id && !strcmp(inode->name, name))
		return;
	char *copy = strdup(name);
	if (!copy)
		return;
	free(inode->name);
	inode->name = copy;
	inode->parent = parent->id;
	struct kept_inode *kept = &inodes->ledger->inodes[inode->id];
	kept->parent = parent->id;
	strcpy(kept->name, strlen(name) < sizeof kept->name ? name : "");
}

struct stamp stamp_of(const struct stat *st)
{
	return (struct stamp){ .changed = st->st_ctim, .modified = st->st_mtim, .size = st->st_size };
}

static bool times_equal(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool stamps_equal(const struct stamp *a, const struct stamp *b)
{
	return times_equal(&a->changed, &b->changed) && times_equal(&a->modified, &b->modified) && a->size == b->size;
}
