#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answers.h"
#include "operations.h"
#include "poke_answers.h"
#include "states.h"

static void expect(struct server *server, const struct inode *directory, uint32_t kind, const char *name)
{
	expect_event(&server->host_events.expected, directory->watch, directory->source, kind, name);
}

/* Its ctime moved, as inotify is about to say. */
static void own_change_of(struct server *server, struct inode *directory, const char *name)
{
	struct stat st;
	if (fstatat(inode_fd(directory), name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	struct inode *inode = inodes_find(&server->inodes, &st, directory->source);
	if (!inode)
		return;
	own_change(inode);
	inode_named(&server->inodes, inode, directory, name);
}

/*
 * Gives what was just made to whom it belongs, and answers. The set-id bits come last: a change of owner takes them away, and
 * at no time has root's file a bit that was meant for another's.
 */
static void finish_making(fuse_req_t request, struct inode *parent, const char *name, mode_t mode)
{
	struct server *server = server_of(request);
	expect(server, parent, IN_CREATE, name);
	const struct fuse_ctx *who = fuse_req_ctx(request);
	struct stat directory;
	fstat(inode_fd(parent), &directory);
	/* A set-gid directory gives its own group, which the host's kernel has done. */
	gid_t group = directory.st_mode & S_ISGID ? (gid_t)-1 : who->gid;
	int error = fchownat(inode_fd(parent), name, who->uid, group, AT_SYMLINK_NOFOLLOW) ? errno : 0;
	struct fuse_entry_param entry;
	if (!error)
		error = look_up(server, parent, name, &entry);
	if (error) {
		fuse_reply_err(request, error);
		return;
	}
	struct inode *made = inodes_get(&server->inodes, entry.ino);
	if (!S_ISLNK(mode) && mode & (S_ISUID | S_ISGID)) {
		mode_t inherited = S_ISDIR(mode) ? entry.attr.st_mode & S_ISGID : 0;
		fchmodat(server->descriptors, fd_name(inode_fd(made)).text, (mode & 07777) | inherited, 0);
		struct stat st;
		if (fstat(inode_fd(made), &st) == 0)
			entry.attr.st_mode = st.st_mode;
	}
	own_change(made);
	fuse_reply_entry(request, &entry);
}

static int make_node(const struct inode *parent, const char *name, mode_t mode)
{
	mode_t allowed = mode & 01777;
	if (S_ISFIFO(mode) || S_ISSOCK(mode))
		return mknodat(inode_fd(parent), name, (mode & S_IFMT) | allowed, 0);
	if (!S_ISREG(mode)) {
		/* A device of the host is not the guest's to make. */
		errno = EPERM;
		return -1;
	}
	int fd = openat(inode_fd(parent), name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, allowed);
	return fd < 0 ? -1 : close(fd);
}

void op_mknod(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode, dev_t device)
{
	(void)device;
	struct inode *directory = directory_of(request, parent, name);
	if (!directory || poke_answers_making(request, directory, name))
		return;
	/*
	 * The guest's kernel asks for a new name after it has found none, also for an open that would take an existing file. ESTALE
	 * makes it look once more; then it finds what somebody else has made meanwhile, and knows what to do about it.
	 */
	if (make_node(directory, name, mode))
		fuse_reply_err(request, errno == EEXIST ? ESTALE : errno);
	else
		finish_making(request, directory, name, mode);
}

void op_mkdir(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode)
{
	struct inode *directory = directory_of(request, parent, name);
	if (!directory || poke_answers_making(request, directory, name))
		return;
	if (mkdirat(inode_fd(directory), name, mode & 01777))
		fuse_reply_err(request, errno);
	else
		finish_making(request, directory, name, (mode & 07777) | S_IFDIR);
}

void op_symlink(fuse_req_t request, const char *target, fuse_ino_t parent, const char *name)
{
	struct inode *directory = directory_of(request, parent, name);
	if (!directory || poke_answers_making(request, directory, name))
		return;
	if (symlinkat(target, inode_fd(directory), name))
		fuse_reply_err(request, errno);
	else
		finish_making(request, directory, name, S_IFLNK);
}

void op_link(fuse_req_t request, fuse_ino_t id, fuse_ino_t parent, const char *name)
{
	struct server *server = server_of(request);
	struct inode *directory = directory_of(request, parent, name);
	struct inode *inode = directory ? inode_of(request, id) : NULL;
	if (!inode)
		return;
	if (linkat(server->descriptors, fd_name(inode_fd(inode)).text, inode_fd(directory), name, AT_SYMLINK_FOLLOW)) {
		fuse_reply_err(request, errno);
		return;
	}
	expect(server, directory, IN_CREATE, name);
	own_change(inode);
	reply_look_up(request, directory, name);
}

static void remove_name(fuse_req_t request, fuse_ino_t parent, const char *name, int flags)
{
	struct inode *directory = directory_of(request, parent, name);
	if (!directory || poke_answers_change(request))
		return;
	struct server *server = server_of(request);
	struct stat st;
	struct inode *inode = fstatat(inode_fd(directory), name, &st, AT_SYMLINK_NOFOLLOW)
				      ? NULL
				      : inodes_find(&server->inodes, &st, directory->source);
	if (inode)
		descriptor_pin(inode);
	if (unlinkat(inode_fd(directory), name, flags)) {
		fuse_reply_err(request, errno);
		return;
	}
	expect(server, directory, IN_DELETE, name);
	if (inode)
		own_change(inode);
	fuse_reply_err(request, 0);
}

void op_unlink(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	remove_name(request, parent, name, 0);
}

void op_rmdir(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	remove_name(request, parent, name, AT_REMOVEDIR);
}

/* What is replaced may be in use. */
static void pin_named(struct server *server, const struct inode *directory, const char *name)
{
	struct stat st;
	if (fstatat(inode_fd(directory), name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	struct inode *inode = inodes_find(&server->inodes, &st, directory->source);
	if (inode)
		descriptor_pin(inode);
}

static void expect_move(struct server *server, const struct inode *from, const char *name, const struct inode *to,
			const char *new_name)
{
	expect(server, from, IN_MOVED_FROM, name);
	expect(server, to, IN_MOVED_TO, new_name);
}

void op_rename(fuse_req_t request, fuse_ino_t parent, const char *name, fuse_ino_t new_parent, const char *new_name,
	       unsigned int flags)
{
	struct server *server = server_of(request);
	struct inode *from = directory_of(request, parent, name);
	struct inode *to = from ? directory_of(request, new_parent, new_name) : NULL;
	if (!to || poke_answers_change(request))
		return;
	pin_named(server, to, new_name);
	/* A whiteout is a device node. */
	int failed = flags & RENAME_WHITEOUT ? (errno = EINVAL, -1)
					     : renameat2(inode_fd(from), name, inode_fd(to), new_name, flags);
	if (failed) {
		fuse_reply_err(request, errno);
		return;
	}
	expect_move(server, from, name, to, new_name);
	own_change_of(server, to, new_name);
	if (flags & RENAME_EXCHANGE) {
		expect_move(server, to, new_name, from, name);
		own_change_of(server, from, name);
	}
	fuse_reply_err(request, 0);
}
