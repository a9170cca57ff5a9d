/*
 * What a mount server knows of its guest and the next one must know too, in memory that their parent shares with both.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <limits.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <sys/types.h>

/* More inodes than any guest needs; keeps a hostile one from eating the host's memory. */
#define MOST_INODES 900000

/* An inode that the guest holds; `lookups` is 0 in a place that none has. */
struct kept_inode {
	uint64_t lookups, generation, parent;
	dev_t dev;
	ino_t ino;
	uint32_t source;
	mode_t type;
	char name[NAME_MAX + 1];
};

struct ledger {
	/* The frame with which the guest's kernel began; without length before that. */
	union {
		struct fuse_in_header head;
		char bytes[sizeof(struct fuse_in_header) + sizeof(struct fuse_init_in)];
	} init;
	uint64_t generation, slot_count;
	/* The guest's thread that pokes (pokes.h), 0 before it is known. */
	uint32_t poke_thread;
	/* By nodeid; 0 means "none" in the protocol. Pages that are not touched cost nothing. */
	struct kept_inode inodes[MOST_INODES + 2];
};

/* An empty one, shared with children. Ends the process without memory. */
struct ledger *ledger_new(void);

#endif
