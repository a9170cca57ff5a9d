#define _GNU_SOURCE
#include "in_root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int descriptors = -1;

bool in_root_init(void)
{
	descriptors = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return descriptors >= 0;
}

/* Mounts and renames anywhere else at the same moment make the kernel unsure about "..": it says so, and wants to be asked again. */
#define MOST_TRIES 256

int open_inside(int root, const char *path, uint64_t flags)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	int fd = -1;
	errno = EAGAIN;
	for (int tries = 0; fd < 0 && errno == EAGAIN && tries < MOST_TRIES; tries++)
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
	return fd;
}

int in_root_open(const char *path, int flags)
{
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -1;
	int fd = open_inside(root, *path ? path : "/", (uint64_t)flags);
	int error = errno;
	close(root);
	errno = error;
	return fd;
}

bool in_root_path(int fd, char *path, size_t size)
{
	char name[16];
	snprintf(name, sizeof name, "%d", fd);
	ssize_t length = readlinkat(descriptors, name, path, size - 1);
	if (length < 0)
		return false;
	path[length] = 0;
	return true;
}

bool in_root_split(const char *path, char *directory, size_t size, char *name)
{
	size_t length = strlen(path);
	while (length > 0 && path[length - 1] == '/')
		length--;
	size_t start = length;
	while (start > 0 && path[start - 1] != '/')
		start--;
	bool dots = length - start == 2 && !memcmp(path + start, "..", 2);
	if (length == start || dots) {
		strcpy(name, ".");
		start = length;
	} else {
		if (length - start > 255)
			goto too_long;
		memcpy(name, path + start, length - start);
		name[length - start] = 0;
	}
	if (start + 2 > size)
		goto too_long;
	directory[0] = '/';
	memcpy(directory + (*path == '/' ? 0 : 1), path, start);
	directory[start + (*path == '/' ? 0 : 1)] = 0;
	if (!*directory)
		strcpy(directory, "/");
	return true;
too_long:
	errno = ENAMETOOLONG;
	return false;
}
