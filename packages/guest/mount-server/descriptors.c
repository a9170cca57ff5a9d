#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inodes.h"

/* Opening one again is nothing beside the request that needs it; each keeps memory of the host's kernel in use. */
#define MOST 8192

/* Of directories in each other; the guest's renames can't make a circle, but the host's between them could. */
#define DEEPEST 500

void descriptors_init(struct descriptors *descriptors)
{
	struct rlimit files;
	descriptors->most = getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur / 2 > MOST ? MOST : files.rlim_cur / 2;
}

static void take_from_list(struct descriptors *descriptors, struct inode *inode)
{
	*(inode->fd_older ? &inode->fd_older->fd_newer : &descriptors->oldest) = inode->fd_newer;
	*(inode->fd_newer ? &inode->fd_newer->fd_older : &descriptors->newest) = inode->fd_older;
}

static void append_to_list(struct descriptors *descriptors, struct inode *inode)
{
	inode->fd_newer = NULL;
	inode->fd_older = descriptors->newest;
	*(descriptors->newest ? &descriptors->newest->fd_newer : &descriptors->oldest) = inode;
	descriptors->newest = inode;
}

/* Zero where the file system does not know. */
static struct timespec made(int fd)
{
	struct statx st;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &st) || !(st.stx_mask & STATX_BTIME))
		return (struct timespec){ 0 };
	return (struct timespec){ .tv_sec = st.stx_btime.tv_sec, .tv_nsec = st.stx_btime.tv_nsec };
}

/* Not the session's root; not a source, which may have been replaced in its place; what has no name yet was just opened. */
static bool can_be_found(const struct inode *inode)
{
	return inode->id != ROOT_ID && inode->parent != ROOT_ID && inode->name;
}

static void close_oldest(struct descriptors *descriptors)
{
	struct inode *inode = descriptors->oldest;
	while (inode && !can_be_found(inode))
		inode = inode->fd_newer;
	if (!inode)
		return;
	inode->made = made(inode->fd);
	descriptor_close(inode);
}

void descriptor_adopt(struct inode *inode, int fd)
{
	struct descriptors *descriptors = &inode->table->descriptors;
	if (descriptors->count >= descriptors->most)
		close_oldest(descriptors);
	inode->fd = fd;
	descriptors->count++;
	append_to_list(descriptors, inode);
}

void descriptor_close(struct inode *inode)
{
	struct descriptors *descriptors = &inode->table->descriptors;
	if (inode->fd < 0)
		return;
	if (inode->is_pinned)
		descriptors->pinned--;
	else
		take_from_list(descriptors, inode);
	descriptors->count--;
	close(inode->fd);
	inode->fd = -1;
	inode->is_pinned = false;
}

static int find_again(struct inode *inode, unsigned depth)
{
	struct inode *parent = depth < DEEPEST && inode->name ? inodes_get(inode->table, inode->parent) : NULL;
	if (parent && parent->fd < 0)
		find_again(parent, depth + 1);
	int fd = parent && parent->fd >= 0 ? openat(parent->fd, inode->name, O_PATH | O_NOFOLLOW | O_CLOEXEC) : -1;
	struct stat st;
	struct timespec born = fd < 0 ? (struct timespec){ 0 } : made(fd);
	if (fd < 0 || fstat(fd, &st) || st.st_dev != inode->dev || st.st_ino != inode->ino ||
	    (st.st_mode & S_IFMT) != inode->type || born.tv_sec != inode->made.tv_sec ||
	    born.tv_nsec != inode->made.tv_nsec) {
		if (fd >= 0)
			close(fd);
		errno = ESTALE;
		return -1;
	}
	descriptor_adopt(inode, fd);
	return fd;
}

int inode_fd(const struct inode *inode)
{
	/* What changes is how it is reached, not what it is. */
	struct inode *reached = (struct inode *)inode;
	struct descriptors *descriptors = &inode->table->descriptors;
	if (reached->fd < 0)
		return find_again(reached, 0);
	if (!reached->is_pinned && descriptors->newest != reached) {
		take_from_list(descriptors, reached);
		append_to_list(descriptors, reached);
	}
	return reached->fd;
}

void descriptor_pin(struct inode *inode)
{
	struct descriptors *descriptors = &inode->table->descriptors;
	if (inode->is_pinned || descriptors->pinned >= descriptors->most / 2 || inode_fd(inode) < 0)
		return;
	take_from_list(descriptors, inode);
	inode->is_pinned = true;
	descriptors->pinned++;
}

bool descriptor_found(struct inode *inode, int fd)
{
	if (inode->fd >= 0) {
		close(fd);
		return true;
	}
	struct timespec born = made(fd);
	if (born.tv_sec != inode->made.tv_sec || born.tv_nsec != inode->made.tv_nsec)
		return false;
	descriptor_adopt(inode, fd);
	return true;
}
