#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../agent/mount_protocol.h"
#include "answers.h"
#include "operations.h"
#include "states.h"

/* Changed so lately that a second change would not show: the host's clock of files ticks every few milliseconds. */
static bool is_fresh(const struct stat *st)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	long ms = (now.tv_sec - st->st_ctim.tv_sec) * 1000 + (now.tv_nsec - st->st_ctim.tv_nsec) / 1000000;
	return ms < 20;
}

void op_open(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file)
{
	struct server *server = server_of(request);
	if (server->options->profile == PROFILE_PLAIN) {
		fuse_reply_err(request, ENOSYS);
		return;
	}
	struct inode *inode = inode_of(request, id);
	struct stat st;
	if (!inode)
		return;
	if (fstat(inode_fd(inode), &st)) {
		fuse_reply_err(request, errno);
		return;
	}
	/* What another VM or the host has written until now is seen by whoever opens now. */
	struct stamp now = stamp_of(&st);
	file->keep_cache = stamps_equal(&now, &inode->told) && !is_fresh(&st);
	if (!file->keep_cache) {
		notify_attributes(server, inode);
		inode->told = now;
	}
	/* Read-only files are opened most: being told of each of their closes would cost a request. */
	file->noflush = (file->flags & O_ACCMODE) == O_RDONLY;
	server->handles += 2;
	file->fh = server->handles | (file->noflush ? HANDLE_UNFLUSHED : 0);
	fuse_reply_open(request, file);
}

/* A descriptor for a request, or -1 after the answer. */
static int file_of(fuse_req_t request, struct inode *inode, bool writing)
{
	int fd = open_file(server_of(request), inode, writing);
	if (fd >= 0)
		return fd;
	fuse_reply_err(request, -fd);
	return -1;
}

void op_read(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset, struct fuse_file_info *file)
{
	(void)file;
	/* Static for its size; there is one thread. */
	static char data[MOUNT_MAX_DATA];
	struct inode *inode = inode_of(request, id);
	int fd = inode ? file_of(request, inode, false) : -1;
	if (fd < 0)
		return;
	ssize_t count = pread(fd, data, size < sizeof data ? size : sizeof data, offset);
	if (count < 0)
		fuse_reply_err(request, errno);
	else
		fuse_reply_buf(request, data, (size_t)count);
}

static void tell_if_changed_until_now(struct server *server, struct inode *inode, struct stat *st)
{
	if (fstat(inode_fd(inode), st) == 0)
		tell_if_changed(server, inode, st);
}

/* Appending is the host kernel's, so that lines of several writers never overwrite each other. */
static int write_flags(const struct fuse_file_info *file)
{
	return (file->flags & O_APPEND ? RWF_APPEND : 0) | ((file->flags & O_SYNC) == O_SYNC ? RWF_SYNC : 0) |
	       (file->flags & O_DSYNC ? RWF_DSYNC : 0);
}

void op_write(fuse_req_t request, fuse_ino_t id, const char *data, size_t size, off_t offset,
	      struct fuse_file_info *file)
{
	struct server *server = server_of(request);
	struct inode *inode = inode_of(request, id);
	int fd = inode ? file_of(request, inode, true) : -1;
	if (fd < 0)
		return;
	struct stat before;
	tell_if_changed_until_now(server, inode, &before);
	struct iovec part = { .iov_base = (void *)data, .iov_len = size };
	ssize_t count = pwritev2(fd, &part, 1, offset, write_flags(file));
	if (count < 0) {
		fuse_reply_err(request, errno);
		return;
	}
	own_change(inode);
	/* The guest has cached these bytes where it took the end to be; they went behind what others had appended. */
	if (file->flags & O_APPEND && before.st_size != offset)
		notify_content(server, inode);
	fuse_reply_write(request, (size_t)count);
}

void op_fsync(fuse_req_t request, fuse_ino_t id, int datasync, struct fuse_file_info *file)
{
	(void)file;
	struct inode *inode = inode_of(request, id);
	int fd = inode ? file_of(request, inode, false) : -1;
	if (fd >= 0)
		fuse_reply_err(request, (datasync ? fdatasync(fd) : fsync(fd)) ? errno : 0);
}

void op_fallocate(fuse_req_t request, fuse_ino_t id, int mode, off_t offset, off_t length,
		  struct fuse_file_info *file)
{
	(void)file;
	struct inode *inode = inode_of(request, id);
	int fd = inode ? file_of(request, inode, true) : -1;
	if (fd < 0)
		return;
	struct stat before;
	tell_if_changed_until_now(server_of(request), inode, &before);
	int error = fallocate(fd, mode, offset, length) ? errno : 0;
	own_change(inode);
	fuse_reply_err(request, error);
}

void op_lseek(fuse_req_t request, fuse_ino_t id, off_t offset, int whence, struct fuse_file_info *file)
{
	(void)file;
	struct inode *inode = inode_of(request, id);
	int fd = inode ? file_of(request, inode, false) : -1;
	if (fd < 0)
		return;
	off_t found = whence == SEEK_DATA || whence == SEEK_HOLE ? lseek(fd, offset, whence) : (errno = EINVAL, -1);
	if (found < 0)
		fuse_reply_err(request, errno);
	else
		fuse_reply_lseek(request, found);
}

void op_copy_file_range(fuse_req_t request, fuse_ino_t from, off_t from_offset, struct fuse_file_info *from_file,
			fuse_ino_t to, off_t to_offset, struct fuse_file_info *to_file, size_t length, int flags)
{
	(void)from_file, (void)to_file;
	struct server *server = server_of(request);
	struct inode *source = inode_of(request, from), *target = source ? inode_of(request, to) : NULL;
	int out = target ? file_of(request, target, true) : -1;
	/* Opening the second may close the first to make room, unless it is the one used last. */
	int in = out < 0 ? -1 : file_of(request, source, source == target);
	if (in < 0)
		return;
	struct stat before;
	tell_if_changed_until_now(server, target, &before);
	ssize_t count = copy_file_range(in, &from_offset, out, &to_offset, length, (unsigned)flags);
	int error = errno;
	own_change(target);
	if (count < 0)
		fuse_reply_err(request, error);
	else
		fuse_reply_write(request, (size_t)count);
}
