#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answers.h"
#include "operations.h"
#include "poke_answers.h"
#include "states.h"

static int set_owner(const struct inode *inode, const struct stat *wanted, int which)
{
	uid_t uid = which & FUSE_SET_ATTR_UID ? wanted->st_uid : (uid_t)-1;
	gid_t gid = which & FUSE_SET_ATTR_GID ? wanted->st_gid : (gid_t)-1;
	return fchownat(inode_fd(inode), "", uid, gid, AT_EMPTY_PATH);
}

static int set_mode(const struct server *server, const struct inode *inode, mode_t mode)
{
	/* The link of /proc would lead through a symlink's O_PATH descriptor to the symlink, which has no mode. */
	if (inode->type == S_IFLNK) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return fchmodat(server->descriptors, fd_name(inode_fd(inode)).text, mode & 07777, 0);
}

static int set_size(struct server *server, struct inode *inode, off_t size)
{
	int fd = open_file(server, inode, true);
	if (fd >= 0)
		return ftruncate(fd, size);
	errno = -fd;
	return -1;
}

static struct timespec wanted_time(struct timespec time, int which, int set, int now)
{
	if (which & now)
		time.tv_nsec = UTIME_NOW;
	else if (!(which & set))
		time.tv_nsec = UTIME_OMIT;
	return time;
}

static int set_times(const struct inode *inode, const struct stat *wanted, int which)
{
	struct timespec times[] = {
		wanted_time(wanted->st_atim, which, FUSE_SET_ATTR_ATIME, FUSE_SET_ATTR_ATIME_NOW),
		wanted_time(wanted->st_mtim, which, FUSE_SET_ATTR_MTIME, FUSE_SET_ATTR_MTIME_NOW),
	};
	return utimensat(inode_fd(inode), "", times, AT_EMPTY_PATH);
}

/* Owner before mode: a change of owner takes the set-id bits away, and the guest's kernel has said what shall remain. */
static int set_all(struct server *server, struct inode *inode, const struct stat *wanted, int which)
{
	if (which & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID) && set_owner(inode, wanted, which))
		return -1;
	if (which & FUSE_SET_ATTR_MODE && set_mode(server, inode, wanted->st_mode))
		return -1;
	if (which & FUSE_SET_ATTR_SIZE && set_size(server, inode, wanted->st_size))
		return -1;
	if (which & (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME) && set_times(inode, wanted, which))
		return -1;
	return 0;
}

void op_setattr(fuse_req_t request, fuse_ino_t id, struct stat *wanted, int which, struct fuse_file_info *file)
{
	(void)file;
	struct server *server = server_of(request);
	struct inode *inode = inode_of(request, id);
	if (!inode || poke_answers_setattr(request, inode))
		return;
	struct stat before;
	if (fstat(inode_fd(inode), &before) == 0)
		tell_if_changed(server, inode, &before);
	int error = set_all(server, inode, wanted, which) ? errno : 0;
	own_change(inode);
	if (error)
		fuse_reply_err(request, error);
	else
		reply_attributes(request, inode);
}
