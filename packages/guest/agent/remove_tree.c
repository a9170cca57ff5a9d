#define _GNU_SOURCE
#include "remove_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool empty(int directory, dev_t device)
{
	DIR *entries = fdopendir(directory);
	if (!entries) {
		close(directory);
		return false;
	}
	struct stat kind;
	bool done = !fstat(dirfd(entries), &kind);
	if (done && kind.st_dev != device) {
		errno = EBUSY;
		done = false;
	}
	for (struct dirent *entry; done && (entry = readdir(entries));)
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			done = remove_tree(dirfd(entries), entry->d_name);
	int error = errno;
	closedir(entries);
	errno = error;
	return done;
}

bool remove_tree(int directory, const char *name)
{
	struct stat around;
	if (!unlinkat(directory, name, 0) || errno == ENOENT)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return false;
	int inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (inner < 0)
		return false;
	if (fstat(directory, &around)) {
		close(inner);
		return false;
	}
	return empty(inner, around.st_dev) && (!unlinkat(directory, name, AT_REMOVEDIR) || errno == ENOENT);
}
