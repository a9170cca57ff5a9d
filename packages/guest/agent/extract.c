#define _GNU_SOURCE
#include "extract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entry.h"
#include "in_root.h"
#include "remove_tree.h"

bool extract_place(const struct extraction *extraction, const char *path, char *full, size_t size)
{
	size_t used = (size_t)snprintf(full, size, "%s", strcmp(extraction->base, "/") ? extraction->base : "");
	while (*path) {
		size_t length = strcspn(path, "/");
		bool up = length == 2 && !memcmp(path, "..", 2);
		if (up || used + length + 2 > size)
			return false;
		if (length > 0 && !(length == 1 && *path == '.')) {
			full[used++] = '/';
			memcpy(full + used, path, length);
			used += length;
		}
		path += length + (path[length] == '/');
	}
	full[used] = 0;
	if (!*full)
		strcpy(full, "/");
	return true;
}

static int open_directory(char *path)
{
	int fd = in_root_open(path, O_PATH | O_DIRECTORY);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	size_t length = strlen(path);
	while (length > 1 && path[length - 1] == '/')
		path[--length] = 0;
	char *slash = strrchr(path, '/');
	if (!slash || !slash[1])
		return -1;
	*slash = 0;
	int parent = open_directory(path);
	if (parent >= 0) {
		mkdirat(parent, slash + 1, 0755);
		close(parent);
	}
	*slash = '/';
	return in_root_open(path, O_PATH | O_DIRECTORY);
}

bool extract_enter(struct open_directory *directory, char *path)
{
	struct stat kind;
	if (directory->fd >= 0 && !strcmp(path, directory->path))
		return true;
	if (directory->fd >= 0)
		close(directory->fd);
	directory->fd = open_directory(path);
	if (directory->fd < 0 || fstat(directory->fd, &kind))
		return false;
	directory->has_set_group = kind.st_mode & S_ISGID;
	strcpy(directory->path, path);
	return true;
}

/* Makes way for a member. A directory stays for a directory. */
static bool make_way(const struct extraction *extraction, int parent, const char *name, const struct tar_entry *entry,
		     struct fault *fault)
{
	struct stat old;
	if (fstatat(parent, name, &old, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT || fault_errno(fault, "stat %s", entry->path);
	bool was_directory = S_ISDIR(old.st_mode), is_directory = entry->type == '5';
	if (was_directory && is_directory)
		return true;
	if (extraction->sync)
		return remove_tree(parent, name) || fault_errno(fault, "replacing %s", entry->path);
	if (extraction->keep_kinds && was_directory != is_directory)
		return fault_set(fault, 128, EEXIST,
				 was_directory ? "cannot overwrite directory \"%s\" with non-directory \"%s\"" :
						 "cannot overwrite non-directory \"%s\" with directory \"%s\"",
				 name, entry->path);
	if (unlinkat(parent, name, was_directory ? AT_REMOVEDIR : 0))
		return fault_errno(fault, "replacing %s", entry->path);
	return true;
}

/* The open file that a hard link is another name of; -1 with errno. */
static int open_linked(const struct extraction *extraction, const struct tar_entry *entry)
{
	char target[4096];
	errno = EINVAL;
	if (entry->type != '1' || !extract_place(extraction, entry->link, target, sizeof target))
		return -1;
	return in_root_open(target, O_PATH | O_NOFOLLOW);
}

static bool make(struct tar_reader *reader, const struct extraction *extraction, const struct open_directory *directory,
		 const char *name, const struct tar_entry *entry, struct fault *fault)
{
	struct entry_place place = {
		.directory = directory->fd,
		.name = name,
		.uid = extraction->has_owner ? extraction->uid : (uid_t)entry->uid,
		.gid = extraction->has_owner ? extraction->gid : (gid_t)entry->gid,
		.group_is_inherited = directory->has_set_group,
		.linked = open_linked(extraction, entry),
	};
	bool made = entry_make(reader, &place, entry, fault);
	if (place.linked >= 0)
		close(place.linked);
	return made;
}

/*
 * In the place of what has the name. A program that reads it meanwhile gets the old one or the new one, whole. Exchanged and then
 * removed: renaming over a file makes ext4 write the new one to the disk at once.
 */
static bool replace(struct tar_reader *reader, const struct extraction *extraction, const struct open_directory *directory,
		    const char *name, const struct tar_entry *entry, struct fault *fault)
{
	char fresh[32];
	int parent = directory->fd;
	/* Of the thread: what it works in may be the other's directory by another path. */
	snprintf(fresh, sizeof fresh, ".sync-%d", gettid());
	bool made = make(reader, extraction, directory, fresh, entry, fault);
	/* A file system that can't exchange, or the name has gone meanwhile. */
	if (made && renameat2(parent, fresh, parent, name, RENAME_EXCHANGE) &&
	    (!make_way(extraction, parent, name, entry, fault) || renameat(parent, fresh, parent, name)))
		made = fault_errno(fault, "replacing %s", entry->path);
	if (!remove_tree(parent, fresh) && made)
		made = fault_errno(fault, "replacing %s", entry->path);
	return made;
}

bool extract_put(struct tar_reader *reader, const struct extraction *extraction, const struct open_directory *directory,
		 const char *name, const struct tar_entry *entry, struct fault *fault)
{
	if (!extraction->sync || entry->type == '5')
		return make_way(extraction, directory->fd, name, entry, fault) &&
		       make(reader, extraction, directory, name, entry, fault);
	/* Most of thousands of files are new: whether there is something in the way is not asked first. */
	if (make(reader, extraction, directory, name, entry, fault))
		return true;
	if (fault->error != EEXIST)
		return false;
	*fault = (struct fault){ 0 };
	return replace(reader, extraction, directory, name, entry, fault);
}
