#include "poke_answers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "answers.h"

/* No inode has it. */
#define PHANTOM_ID (UINT64_MAX / 2)

/* The poke under way when the request is a part of it. */
static const struct poke *poke_of(fuse_req_t request)
{
	struct pokes *pokes = &server_of(request)->pokes;
	bool is_part = pokes->is_active && (uint32_t)fuse_req_ctx(request)->pid == pokes->thread;
	return is_part ? poke_queue_first(&pokes->queue) : NULL;
}

static bool is_same(const struct inode *directory, const char *name, uint64_t id, const char *other)
{
	return directory->id == id && other && !strcmp(name, other);
}

/* Something to be removed where the guest never knew what was there. Nothing asks for it again. */
static void reply_phantom(fuse_req_t request, mode_t mode)
{
	static uint64_t generation;
	struct fuse_entry_param entry = {
		.ino = PHANTOM_ID,
		.generation = ++generation,
		.attr = { .st_ino = PHANTOM_ID, .st_mode = mode, .st_nlink = S_ISDIR(mode) ? 2 : 1 },
	};
	fuse_reply_entry(request, &entry);
}

/* What the guest still holds under a name that is another file's now, or nobody's. */
static struct inode *held_under(struct server *server, const struct inode *directory, const char *name)
{
	struct stat st;
	bool is_there = fstatat(inode_fd(directory), name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	for (size_t id = ROOT_ID + 1; id < server->inodes.slot_count; id++) {
		struct inode *inode = server->inodes.slots[id];
		if (inode && inode->parent == directory->id && inode->name && !strcmp(inode->name, name) &&
		    !(is_there && inode->ino == st.st_ino && inode->dev == st.st_dev))
			return inode;
	}
	return NULL;
}

static void reply_held(fuse_req_t request, struct inode *inode)
{
	struct fuse_entry_param entry = { .ino = inode->id, .generation = inode->generation };
	if (fstat(inode_fd(inode), &entry.attr)) {
		fuse_reply_err(request, errno);
		return;
	}
	entry.attr.st_nlink += entry.attr.st_nlink == 0;
	inode_counted(&server_of(request)->inodes, inode, 1);
	fuse_reply_entry(request, &entry);
}

bool poke_answers_lookup(fuse_req_t request, struct inode *directory, const char *name)
{
	const struct poke *poke = poke_of(request);
	if (!poke)
		return false;
	bool is_source = is_same(directory, name, poke->directory, poke->name);
	bool is_target = poke->kind == POKE_MOVE && is_same(directory, name, poke->to, poke->new_name);
	struct inode *held = (poke->kind == POKE_DELETE && is_source) || is_target ?
				     held_under(server_of(request), directory, name) :
				     NULL;
	if (held) {
		reply_held(request, held);
	} else if ((poke->kind == POKE_CREATE && is_source) || (is_target && !is_source)) {
		fuse_reply_err(request, ENOENT);
	} else if (poke->kind == POKE_DELETE && is_source) {
		reply_phantom(request, poke->mode);
	} else if (poke->kind == POKE_MOVE && is_source) {
		struct inode *to = inodes_get(&server_of(request)->inodes, poke->to);
		struct fuse_entry_param entry;
		int error = to ? look_up(server_of(request), to, poke->new_name, &entry) : ENOENT;
		if (error)
			fuse_reply_err(request, error);
		else
			fuse_reply_entry(request, &entry);
	} else {
		return false;
	}
	return true;
}

bool poke_answers_making(fuse_req_t request, struct inode *directory, const char *name)
{
	const struct poke *poke = poke_of(request);
	struct fuse_entry_param entry;
	if (!poke)
		return false;
	int error = poke->kind == POKE_CREATE && is_same(directory, name, poke->directory, poke->name) ?
			    look_up(server_of(request), directory, name, &entry) :
			    EPERM;
	if (error)
		fuse_reply_err(request, error);
	else
		fuse_reply_entry(request, &entry);
	return true;
}

bool poke_answers_change(fuse_req_t request)
{
	const struct poke *poke = poke_of(request);
	if (poke)
		fuse_reply_err(request, poke->kind == POKE_DELETE || poke->kind == POKE_MOVE ? 0 : EPERM);
	return poke != NULL;
}

bool poke_answers_setattr(fuse_req_t request, struct inode *inode)
{
	if (!poke_of(request))
		return false;
	reply_attributes(request, inode);
	return true;
}
