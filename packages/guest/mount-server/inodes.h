#ifndef INODES_H
#define INODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "descriptors.h"
#include "ledger.h"

/* What tells one state of a file from the next. */
struct stamp {
	struct timespec changed, modified;
	off_t size;
};

/* A file of the host that the guest knows. Owned by its table until forgotten. */
struct inode {
	/* The guest's nodeid: the slot in the table. */
	uint64_t id;
	/* Tells apart the inodes that had this slot one after another. */
	uint64_t generation;
	/* How often the guest was given it and has not forgotten it yet. */
	uint64_t lookups;
	dev_t dev;
	ino_t ino;
	/* Which source it was reached by. The same file behind two sources is two inodes: one may be read-only. */
	uint32_t source;
	mode_t type;
	/* O_PATH, -1 while it is closed: see descriptors.h, and ask inode_fd for it. */
	int fd;
	bool is_pinned;
	struct inode *fd_older, *fd_newer;
	/* When the file was made, noted as the descriptor is closed. */
	struct timespec made;
	/* The table that it is in. */
	struct inodes *table;
	/* Directory and name by which the guest last got it; a hint, the host may have renamed it since. */
	uint64_t parent;
	char *name;
	/* As the guest was last told. */
	struct stamp told;
	/* A change that the guest was told of before the host's event: POKE_MODIFY, POKE_ATTRIB, 0 none. */
	int unpoked;
	/* The state whose events the guest has had, and which of them: a bit for each POKE_MODIFY, POKE_ATTRIB. */
	unsigned raised_kinds;
	struct stamp raised;
	/* inotify watch, -1 without. */
	int watch;
	struct inode *next_watched;
	/* Open for reading, perhaps writing, between two requests; -1 when not. Kept by open_files.c. */
	int io;
	bool io_writable;
	struct timespec io_used;
	struct inode *io_older, *io_newer;
	struct inode *next_in_bucket;
};

struct inodes {
	struct inode **slots;
	size_t slot_count, slot_room;
	/* Ids of empty slots. */
	uint64_t *vacant;
	size_t vacant_count, vacant_room;
	/* By (dev, ino, source); a power of two. */
	struct inode **buckets;
	size_t bucket_count, used;
	struct ledger *ledger;
	struct descriptors descriptors;
};

#define ROOT_ID 1

/* The source of the root itself. */
#define NO_SOURCE UINT32_MAX

/* `root` (an O_PATH fd, taken over) becomes ROOT_ID, never forgotten. Ends the process without memory. */
void inodes_init(struct inodes *inodes, int root, struct ledger *ledger);

/*
 * Takes up what the ledger has of the server before: each file that is still where the guest last got it. The ids of the others
 * stay taken and mean nothing.
 */
void inodes_restore(struct inodes *inodes);

/* For inodes_restore.c: slots up to `count`, those vacant that the ledger has nothing for; an inode with an id of its own. */
void inodes_reserve(struct inodes *inodes, size_t count);
void inodes_place(struct inodes *inodes, struct inode *inode);

/* The guest was given it, or has forgotten it, so many times more. Never below zero. */
void inode_counted(struct inodes *inodes, struct inode *inode, int64_t times);

/* NULL for an id that the guest does not hold. */
struct inode *inodes_get(struct inodes *inodes, uint64_t id);

struct inode *inodes_find(struct inodes *inodes, const struct stat *st, uint32_t source);

/* Another file has its number now: what the guest holds of it is nothing that could be found. */
void inodes_disown(struct inodes *inodes, struct inode *inode);

/* Takes `fd` over on success. NULL with errno ENFILE or ENOMEM when there are too many. */
struct inode *inodes_add(struct inodes *inodes, int fd, const struct stat *st, uint32_t source);

/* It is another file from now on, of which `fd` is taken over; watch and io must be closed. */
void inodes_replace(struct inodes *inodes, struct inode *inode, int fd, const struct stat *st);

/* Frees it; watch and io must be closed. */
void inodes_remove(struct inodes *inodes, struct inode *inode);

/* Notes where the guest got it. Without memory the old hint stays. */
void inode_named(struct inodes *inodes, struct inode *inode, const struct inode *parent, const char *name);

struct stamp stamp_of(const struct stat *st);
bool stamps_equal(const struct stamp *a, const struct stamp *b);

#endif
