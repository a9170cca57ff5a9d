#include "open_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

#define MOST_OPEN 64
#define IDLE_MS 100

static void unlink_from_list(struct open_files *files, struct inode *inode)
{
	*(inode->io_older ? &inode->io_older->io_newer : &files->oldest) = inode->io_newer;
	*(inode->io_newer ? &inode->io_newer->io_older : &files->newest) = inode->io_older;
}

static void append_to_list(struct open_files *files, struct inode *inode)
{
	inode->io_newer = NULL;
	inode->io_older = files->newest;
	*(files->newest ? &files->newest->io_newer : &files->oldest) = inode;
	files->newest = inode;
}

static struct timespec now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return time;
}

static long ms_since(struct timespec then)
{
	struct timespec time = now();
	return (time.tv_sec - then.tv_sec) * 1000 + (time.tv_nsec - then.tv_nsec) / 1000000;
}

struct fd_name fd_name(int fd)
{
	struct fd_name name;
	snprintf(name.text, sizeof name.text, "%d", fd);
	return name;
}

static int open_again(struct server *server, struct inode *inode, int flags, bool writable)
{
	struct open_files *files = &server->open_files;
	close_file(server, inode);
	if (files->count >= MOST_OPEN)
		close_file(server, files->oldest);
	/* Follows only the link of /proc to the very file that the O_PATH descriptor holds. */
	int fd = openat(server->descriptors, fd_name(inode_fd(inode)).text, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	inode->io = fd;
	inode->io_writable = writable;
	inode->io_used = now();
	files->count++;
	files->writable += writable;
	append_to_list(files, inode);
	return fd;
}

static int use(struct server *server, struct inode *inode)
{
	inode->io_used = now();
	unlink_from_list(&server->open_files, inode);
	append_to_list(&server->open_files, inode);
	return inode->io;
}

int open_file(struct server *server, struct inode *inode, bool writing)
{
	if (inode->type != S_IFREG)
		return -EINVAL;
	if (inode->io >= 0 && (inode->io_writable || !writing))
		return use(server, inode);
	return open_again(server, inode, writing ? O_RDWR : O_RDONLY, writing);
}

int open_directory(struct server *server, struct inode *inode)
{
	if (inode->type != S_IFDIR)
		return -ENOTDIR;
	if (inode->io >= 0)
		return use(server, inode);
	return open_again(server, inode, O_RDONLY | O_DIRECTORY, false);
}

void close_file(struct server *server, struct inode *inode)
{
	if (inode->io < 0)
		return;
	unlink_from_list(&server->open_files, inode);
	server->open_files.count--;
	server->open_files.writable -= inode->io_writable;
	close(inode->io);
	inode->io = -1;
}

void close_idle_files(struct server *server)
{
	struct open_files *files = &server->open_files;
	for (struct inode *inode = files->oldest, *next; inode && files->writable; inode = next) {
		next = inode->io_newer;
		if (ms_since(inode->io_used) < IDLE_MS)
			return;
		if (inode->io_writable)
			close_file(server, inode);
	}
}

int open_files_timeout(const struct server *server)
{
	return server->open_files.writable ? IDLE_MS : -1;
}
