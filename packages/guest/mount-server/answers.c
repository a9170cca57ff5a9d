#include "answers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "states.h"

/* Seconds. Plain: whatever changes is reported. */
#define REPORTED 3600.0
/* Locking: reported too, but some milliseconds late, and several write. */
#define SHARED 1.0
/* No event will come: watches are used up. */
#define UNREPORTED 0.02

bool is_name(const char *name)
{
	return *name && strcmp(name, ".") && strcmp(name, "..") && !strchr(name, '/');
}

static double timeout_when(const struct server *server, bool reported)
{
	if (!reported)
		return UNREPORTED;
	return server->options->profile == PROFILE_PLAIN ? REPORTED : SHARED;
}

static double entry_timeout(const struct server *server, const struct inode *parent)
{
	return timeout_when(server, parent->id == ROOT_ID || parent->watch >= 0);
}

static double attribute_timeout(struct server *server, const struct inode *inode, const struct stat *st)
{
	if (inode->watch >= 0 || inode->id == ROOT_ID)
		return timeout_when(server, true);
	const struct inode *parent = inodes_get(&server->inodes, inode->parent);
	bool by_parent = inode->type != S_IFDIR && parent && parent->watch >= 0 && st->st_nlink == 1;
	return timeout_when(server, by_parent);
}

/* A file that may change without an event in its directory: by another name, or because it is a source itself. */
static bool needs_watch(const struct inode *inode, const struct stat *st)
{
	if (inode->type == S_IFDIR)
		return true;
	return inode->type == S_IFREG && (st->st_nlink > 1 || inode->parent == ROOT_ID);
}

/* Watches what must be, and then looks again: `st` is what events will tell the changes of. */
static void watch_and_stat(struct server *server, struct inode *inode, struct stat *st)
{
	if (needs_watch(inode, st) && watch_inode(server, inode))
		fstat(inode_fd(inode), st);
}

/*
 * The session is one file system to the guest, its sources may lie on several: the numbers of all but the first are moved
 * away, or programs would take two files for one.
 */
static ino_t guest_ino(const struct stat *st)
{
	static dev_t seen[256];
	static size_t count;
	size_t i = 0;
	while (i < count && seen[i] != st->st_dev)
		i++;
	if (i == count && count < sizeof seen / sizeof *seen)
		seen[count++] = st->st_dev;
	return st->st_ino ^ ((ino_t)i << 48);
}

/* An inode that was just opened or found again. */
static struct inode *open_child(struct server *server, struct inode *parent, const char *name, struct stat *st)
{
	uint32_t source = parent->id == ROOT_ID ? (uint32_t)strtoul(name, NULL, 10) : parent->source;
	int replaced = parent->id == ROOT_ID ? replacement_of(server, source) : -1;
	if (replaced >= 0 ? fstat(replaced, st) : fstatat(inode_fd(parent), name, st, AT_SYMLINK_NOFOLLOW))
		return NULL;
	struct inode *inode = inodes_find(&server->inodes, st, source);
	if (inode && inode->fd >= 0)
		return inode;
	int fd = replaced >= 0 ? openat(server->descriptors, fd_name(replaced).text, O_PATH | O_CLOEXEC) :
				 openat(inode_fd(parent), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	/* The name may have become something else meanwhile. */
	if (fstat(fd, st) == 0) {
		inode = inodes_find(&server->inodes, st, source);
		if (inode && descriptor_found(inode, fd))
			return inode;
		if (inode)
			inodes_disown(&server->inodes, inode);
		if ((inode = inodes_add(&server->inodes, fd, st, source)))
			return inode;
	}
	int error = errno;
	close(fd);
	errno = error;
	return NULL;
}

int look_up(struct server *server, struct inode *parent, const char *name, struct fuse_entry_param *entry)
{
	struct stat st;
	struct inode *inode = open_child(server, parent, name, &st);
	if (!inode)
		return errno;
	inode_named(&server->inodes, inode, parent, name);
	if (parent->id == ROOT_ID)
		replacement_known_as(server, inode);
	watch_and_stat(server, inode, &st);
	inode_counted(&server->inodes, inode, 1);
	if (inode->lookups > 1)
		note_told(server, inode, &st);
	else
		inode->told = stamp_of(&st);
	*entry = (struct fuse_entry_param){
		.ino = inode->id,
		.generation = inode->generation,
		.attr = st,
		.attr_timeout = attribute_timeout(server, inode, &st),
		.entry_timeout = entry_timeout(server, parent),
	};
	entry->attr.st_ino = guest_ino(&st);
	return 0;
}

void forget(struct server *server, uint64_t id, uint64_t count)
{
	struct inode *inode = inodes_get(&server->inodes, id);
	if (!inode || id == ROOT_ID)
		return;
	inode_counted(&server->inodes, inode, count > INT64_MAX ? INT64_MIN + 1 : -(int64_t)count);
	if (inode->lookups)
		return;
	unwatch_inode(server, inode);
	close_file(server, inode);
	locks_forget(server, id);
	inodes_remove(&server->inodes, inode);
}

void reply_look_up(fuse_req_t request, struct inode *parent, const char *name)
{
	struct server *server = server_of(request);
	struct fuse_entry_param entry = { 0 };
	int error = look_up(server, parent, name, &entry);
	if (error == ENOENT && server->options->profile == PROFILE_PLAIN)
		entry.entry_timeout = entry_timeout(server, parent);
	else if (error) {
		fuse_reply_err(request, error);
		return;
	}
	fuse_reply_entry(request, &entry);
}

void reply_attributes(fuse_req_t request, struct inode *inode)
{
	struct stat st;
	if (fstat(inode_fd(inode), &st)) {
		fuse_reply_err(request, errno);
		return;
	}
	watch_and_stat(server_of(request), inode, &st);
	note_told(server_of(request), inode, &st);
	double timeout = attribute_timeout(server_of(request), inode, &st);
	st.st_ino = guest_ino(&st);
	fuse_reply_attr(request, &st, timeout);
}

struct inode *inode_of(fuse_req_t request, fuse_ino_t id)
{
	struct inode *inode = inodes_get(&server_of(request)->inodes, id);
	if (inode && inode_fd(inode) >= 0)
		return inode;
	fuse_reply_err(request, ESTALE);
	return NULL;
}

struct inode *directory_of(fuse_req_t request, fuse_ino_t id, const char *name)
{
	struct inode *directory = inode_of(request, id);
	if (!directory)
		return NULL;
	int error = !is_name(name) ? EINVAL : directory->type != S_IFDIR ? ENOTDIR : 0;
	if (!error)
		return directory;
	fuse_reply_err(request, error);
	return NULL;
}
