#include <errno.h>
#include <linux/limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "answers.h"
#include "operations.h"
#include "states.h"

static char value_buffer[XATTR_SIZE_MAX];

static bool is_users(const char *name)
{
	return !strncmp(name, "user.", 5);
}

/*
 * The inode of a request for that attribute (NULL: for the list), or NULL after the answer. There are no calls for O_PATH
 * descriptors, so afterwards the working directory is /proc/self/fd and fd_name() the path.
 */
static struct inode *subject_of(fuse_req_t request, fuse_ino_t id, const char *name)
{
	struct server *server = server_of(request);
	struct inode *inode = inode_of(request, id);
	if (!inode)
		return NULL;
	int error = 0;
	/* ENOSYS: the kernel never asks again. */
	if (!server->options->xattrs)
		error = ENOSYS;
	/* Others than `user.` mean something to the host's kernel. */
	else if (name && !is_users(name))
		error = EOPNOTSUPP;
	else if (inode->type != S_IFREG && inode->type != S_IFDIR)
		error = name ? EPERM : EOPNOTSUPP;
	else if (fchdir(server->descriptors))
		error = errno;
	if (!error)
		return inode;
	fuse_reply_err(request, error);
	return NULL;
}

/* `wanted` 0 asks for the size. */
static void reply_value(fuse_req_t request, ssize_t length, size_t wanted)
{
	if (length < 0)
		fuse_reply_err(request, errno);
	else if (wanted == 0)
		fuse_reply_xattr(request, (size_t)length);
	else if ((size_t)length > wanted)
		fuse_reply_err(request, ERANGE);
	else
		fuse_reply_buf(request, value_buffer, (size_t)length);
}

void op_getxattr(fuse_req_t request, fuse_ino_t id, const char *name, size_t size)
{
	struct inode *inode = subject_of(request, id, name);
	if (inode)
		reply_value(request, getxattr(fd_name(inode_fd(inode)).text, name, value_buffer, sizeof value_buffer), size);
}

/* Leaves the `user.` names of a list, in place; the new length. */
static ssize_t keep_users(char *names, ssize_t length)
{
	ssize_t kept = 0;
	size_t size;
	for (char *name = names; name < names + length; name += size) {
		size = strlen(name) + 1;
		if (!is_users(name))
			continue;
		memmove(names + kept, name, size);
		kept += (ssize_t)size;
	}
	return kept;
}

void op_listxattr(fuse_req_t request, fuse_ino_t id, size_t size)
{
	struct inode *inode = subject_of(request, id, NULL);
	if (!inode)
		return;
	ssize_t length = listxattr(fd_name(inode_fd(inode)).text, value_buffer, sizeof value_buffer);
	reply_value(request, length < 0 ? length : keep_users(value_buffer, length), size);
}

void op_setxattr(fuse_req_t request, fuse_ino_t id, const char *name, const char *value, size_t size, int flags)
{
	struct inode *inode = subject_of(request, id, name);
	if (!inode)
		return;
	int error = setxattr(fd_name(inode_fd(inode)).text, name, value, size, flags) ? errno : 0;
	own_change(inode);
	fuse_reply_err(request, error);
}

void op_removexattr(fuse_req_t request, fuse_ino_t id, const char *name)
{
	struct inode *inode = subject_of(request, id, name);
	if (!inode)
		return;
	int error = removexattr(fd_name(inode_fd(inode)).text, name) ? errno : 0;
	own_change(inode);
	fuse_reply_err(request, error);
}
