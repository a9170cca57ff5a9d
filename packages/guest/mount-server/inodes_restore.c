#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "inodes.h"

/* Of directories in each other; the guest's renames can't make a circle, but the host's between them could. */
#define DEEPEST 1000

/*
 * The file at the kept place if it is still the same one, as an O_PATH descriptor, else -1. A source that is a file is what has its name
 * now (followed_names.h).
 */
static int open_kept(const struct inode *parent, struct kept_inode *kept)
{
	struct stat st;
	int fd = openat(inode_fd(parent), kept->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	bool known = fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == kept->type;
	if (known && kept->type == S_IFREG && parent->id == ROOT_ID) {
		kept->dev = st.st_dev;
		kept->ino = st.st_ino;
	}
	if (known && st.st_dev == kept->dev && st.st_ino == kept->ino)
		return fd;
	close(fd);
	return -1;
}

static struct inode *restore(struct inodes *inodes, uint64_t id, unsigned depth)
{
	if (id >= inodes->slot_count || depth > DEEPEST)
		return NULL;
	if (inodes->slots[id])
		return inodes->slots[id];
	struct kept_inode *kept = &inodes->ledger->inodes[id];
	struct inode *parent = kept->lookups && kept->name[0] ? restore(inodes, kept->parent, depth + 1) : NULL;
	int fd = parent && parent->type == S_IFDIR ? open_kept(parent, kept) : -1;
	if (fd < 0)
		return NULL;
	struct inode *inode = malloc(sizeof *inode);
	if (!inode)
		fail("inode table");
	*inode = (struct inode){ .id = id, .generation = kept->generation, .lookups = kept->lookups, .dev = kept->dev,
				 .ino = kept->ino, .source = kept->source, .type = kept->type, .fd = -1, .watch = -1,
				 .table = inodes, .io = -1, .parent = kept->parent, .name = strdup(kept->name) };
	inodes_place(inodes, inode);
	descriptor_adopt(inode, fd);
	return inode;
}

void inodes_restore(struct inodes *inodes)
{
	inodes_reserve(inodes, inodes->ledger->slot_count);
	for (uint64_t id = ROOT_ID + 1; id < inodes->slot_count; id++)
		restore(inodes, id, 0);
}
