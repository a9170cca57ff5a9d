#include <errno.h>
#include <sys/file.h>

#include "answers.h"
#include "operations.h"

void op_getlk(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file, struct flock *range)
{
	struct inode *inode = inode_of(request, id);
	if (inode)
		lock_test(request, inode, file->lock_owner, *range);
}

void op_setlk(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file, struct flock *range, int waits)
{
	struct inode *inode = inode_of(request, id);
	if (inode)
		lock_range(request, inode, file, range, waits);
}

void op_flock(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file, int operation)
{
	struct inode *inode = inode_of(request, id);
	if (inode)
		lock_whole(request, inode, file, operation);
}

/* A close(2) in the guest: the process gives back all its fcntl locks on the file. */
void op_flush(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file)
{
	struct server *server = server_of(request);
	if (server->options->profile == PROFILE_PLAIN) {
		fuse_reply_err(request, ENOSYS);
		return;
	}
	locks_drop(server, id, file->lock_owner, LOCK_KIND_FCNTL);
	fuse_reply_err(request, 0);
}

/* The last close of what was opened once. */
void op_release(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file)
{
	struct server *server = server_of(request);
	if (file->flock_release)
		locks_drop(server, id, file->lock_owner, LOCK_KIND_FLOCK);
	if (file->fh & HANDLE_UNFLUSHED)
		locks_drop_handle(server, file->fh);
	fuse_reply_err(request, 0);
}
