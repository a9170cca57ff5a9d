#include <errno.h>
#include <limits.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "answers.h"
#include "operations.h"
#include "poke_answers.h"

void op_lookup(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	struct inode *directory = directory_of(request, parent, name);
	if (directory && !poke_answers_lookup(request, directory, name))
		reply_look_up(request, directory, name);
}

void op_forget(fuse_req_t request, fuse_ino_t id, uint64_t count)
{
	forget(server_of(request), id, count);
	fuse_reply_none(request);
}

void op_forget_multi(fuse_req_t request, size_t count, struct fuse_forget_data *forgets)
{
	for (size_t i = 0; i < count; i++)
		forget(server_of(request), forgets[i].ino, forgets[i].nlookup);
	fuse_reply_none(request);
}

void op_getattr(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file)
{
	(void)file;
	struct inode *inode = inode_of(request, id);
	if (inode)
		reply_attributes(request, inode);
}

void op_readlink(fuse_req_t request, fuse_ino_t id)
{
	struct inode *inode = inode_of(request, id);
	if (!inode)
		return;
	char target[PATH_MAX + 1];
	ssize_t length = readlinkat(inode_fd(inode), "", target, sizeof target - 1);
	if (length < 0) {
		fuse_reply_err(request, errno == ENOENT ? EINVAL : errno);
		return;
	}
	target[length] = '\0';
	fuse_reply_readlink(request, target);
}

void op_statfs(fuse_req_t request, fuse_ino_t id)
{
	struct inode *inode = inode_of(request, id);
	if (!inode)
		return;
	struct statvfs fs;
	if (fstatvfs(inode_fd(inode), &fs))
		fuse_reply_err(request, errno);
	else
		fuse_reply_statfs(request, &fs);
}
