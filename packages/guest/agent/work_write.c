#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entry.h"
#include "in_root.h"
#include "process.h"
#include "protocol.h"
#include "remove_tree.h"
#include "tar_reader.h"
#include "users.h"
#include "work.h"

/* A directory's time is set last: what is made in it changes it. Owned by the extraction until the process ends. */
struct dated {
	struct dated *next;
	int64_t mtime;
	char path[];
};

struct extraction {
	/* The directory to extract into, as seen in the root. */
	char base[4096];
	/* `sync`: ".wh.NAME" takes NAME away, as in layers of images, and what has a name is replaced at once, never seen half. */
	bool keep_kinds, has_owner, sync;
	uid_t uid;
	gid_t gid;
	struct dated *directories;
	/* The directory of the member before, mostly that of the next one, too. fd -1: none. */
	struct {
		int fd;
		bool has_set_group;
		char path[4096];
	} parent;
};

/* A member's path below `base`, without empty parts and "."; false for "..", which leads out. */
static bool place(const struct extraction *extraction, const char *path, char *full, size_t size)
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

/* The directory, made with its parents where an archive leaves them out. */
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

/* Opens the directory as extraction->parent. */
static bool enter(struct extraction *extraction, char *path)
{
	struct stat kind;
	if (extraction->parent.fd >= 0 && !strcmp(path, extraction->parent.path))
		return true;
	if (extraction->parent.fd >= 0)
		close(extraction->parent.fd);
	extraction->parent.fd = open_directory(path);
	if (extraction->parent.fd < 0 || fstat(extraction->parent.fd, &kind))
		return false;
	extraction->parent.has_set_group = kind.st_mode & S_ISGID;
	strcpy(extraction->parent.path, path);
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
	if (entry->type != '1' || !place(extraction, entry->link, target, sizeof target))
		return -1;
	return in_root_open(target, O_PATH | O_NOFOLLOW);
}

static bool make(struct tar_reader *reader, const struct extraction *extraction, const char *name,
		 const struct tar_entry *entry, struct fault *fault)
{
	struct entry_place place = {
		.directory = extraction->parent.fd,
		.name = name,
		.uid = extraction->has_owner ? extraction->uid : (uid_t)entry->uid,
		.gid = extraction->has_owner ? extraction->gid : (gid_t)entry->gid,
		.group_is_inherited = extraction->parent.has_set_group,
		.linked = open_linked(extraction, entry),
	};
	bool made = entry_make(reader, &place, entry, fault);
	if (place.linked >= 0)
		close(place.linked);
	return made;
}

static void remember(struct extraction *extraction, const char *path, int64_t mtime)
{
	struct dated *directory = malloc(sizeof *directory + strlen(path) + 1);
	if (!directory)
		return;
	*directory = (struct dated){ .next = extraction->directories, .mtime = mtime };
	strcpy(directory->path, path);
	extraction->directories = directory;
}

static void date_directories(const struct extraction *extraction)
{
	for (const struct dated *directory = extraction->directories; directory; directory = directory->next) {
		struct timespec times[2] = { { .tv_sec = directory->mtime }, { .tv_sec = directory->mtime } };
		int fd = in_root_open(directory->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
		if (fd < 0)
			continue;
		if (futimens(fd, times))
			complain("dating %s: %m", directory->path);
		close(fd);
	}
}

/*
 * In the place of what has the name. A program that reads it meanwhile gets the old one or the new one, whole. Exchanged and then
 * removed: renaming over a file makes ext4 write the new one to the disk at once.
 */
static bool replace(struct tar_reader *reader, const struct extraction *extraction, const char *name,
		    const struct tar_entry *entry, struct fault *fault)
{
	char fresh[32];
	int parent = extraction->parent.fd;
	snprintf(fresh, sizeof fresh, ".sync-%d", getpid());
	bool made = make(reader, extraction, fresh, entry, fault);
	/* A file system that can't exchange, or the name has gone meanwhile. */
	if (made && renameat2(parent, fresh, parent, name, RENAME_EXCHANGE) &&
	    (!make_way(extraction, parent, name, entry, fault) || renameat(parent, fresh, parent, name)))
		made = fault_errno(fault, "replacing %s", entry->path);
	if (!remove_tree(parent, fresh) && made)
		made = fault_errno(fault, "replacing %s", entry->path);
	return made;
}

static bool put(struct tar_reader *reader, const struct extraction *extraction, const char *name,
		const struct tar_entry *entry, struct fault *fault)
{
	struct stat old;
	if (extraction->sync && entry->type != '5' &&
	    !fstatat(extraction->parent.fd, name, &old, AT_SYMLINK_NOFOLLOW))
		return replace(reader, extraction, name, entry, fault);
	return make_way(extraction, extraction->parent.fd, name, entry, fault) &&
	       make(reader, extraction, name, entry, fault);
}

static bool take_away(struct extraction *extraction, const char *directory, const char *name, const struct tar_entry *entry, struct fault *fault)
{
	int parent = in_root_open(directory, O_PATH | O_DIRECTORY);
	/* It may be the very directory that is known. */
	if (extraction->parent.fd >= 0)
		close(extraction->parent.fd);
	extraction->parent.fd = -1;
	if (parent < 0)
		return errno == ENOENT || errno == ENOTDIR || fault_errno(fault, "removing %s", entry->path);
	bool removed = remove_tree(parent, name) || fault_errno(fault, "removing %s", entry->path);
	close(parent);
	return removed;
}

static bool extract(struct tar_reader *reader, struct extraction *extraction, const struct tar_entry *entry,
		    struct fault *fault)
{
	char path[4096], directory[4096], name[256];
	if (!place(extraction, entry->path, path, sizeof path) ||
	    !in_root_split(path, directory, sizeof directory, name))
		return fault_set(fault, 128, EINVAL, "%s: a name that leads out of the archive's directory", entry->path);
	if (extraction->sync && !strncmp(name, ".wh.", 4))
		return !name[4] || !strcmp(name + 4, ".") || !strcmp(name + 4, "..") ?
			       fault_set(fault, 128, EINVAL, "%s: the removal of nothing", entry->path) :
			       take_away(extraction, directory, name + 4, entry, fault);
	if (!enter(extraction, directory))
		return fault_errno(fault, "creating %s", entry->path);
	/* "./": the directory itself, which is there. */
	bool itself = !strcmp(path, extraction->base) || !strcmp(name, ".");
	if (!itself && entry->type == '5')
		remember(extraction, path, entry->mtime);
	return itself || put(reader, extraction, name, entry, fault);
}

static bool find_owner(struct view request, struct extraction *extraction, struct fault *fault)
{
	struct process process = { .user = item_string(item_find(request, TAG_USER)) };
	static struct user user;
	if (!process.user)
		return true;
	if (!user_find(&process, &user, fault))
		return false;
	extraction->has_owner = true;
	extraction->uid = user.uid;
	extraction->gid = user.gid;
	return true;
}

static bool run(struct view request, int report, struct fault *fault)
{
	const char *path = item_string(item_find(request, TAG_PATH));
	static struct extraction extraction = { .parent.fd = -1 };
	static struct tar_entry entry;
	static struct tar_reader reader = { .in = 0 };
	int base = path ? in_root_open(path, O_PATH) : -1;
	struct stat kind;
	if (base < 0 || fstat(base, &kind))
		return fault_errno(fault, "stat %s", path ? path : "");
	if (!S_ISDIR(kind.st_mode))
		return fault_set(fault, 128, ENOTDIR, "extraction point is not a directory");
	if (!in_root_path(base, extraction.base, sizeof extraction.base))
		return fault_errno(fault, "stat %s", path);
	int64_t flags = item_number(item_find(request, TAG_WRITE_FLAGS), 0);
	extraction.keep_kinds = flags & WRITE_NO_OVERWRITE_DIR_NON_DIR;
	extraction.sync = flags & WRITE_SYNC;
	if (!find_owner(request, &extraction, fault))
		return false;
	umask(0);
	work_begun(report);
	int found;
	while ((found = tar_read_entry(&reader, &entry, fault)) == 1)
		if (!extract(&reader, &extraction, &entry, fault))
			return false;
	date_directories(&extraction);
	/* Whatever follows the end is read, so that who sends it is not left with a broken pipe. */
	static char rest[65536];
	while (found == 0 && read(0, rest, sizeof rest) > 0)
		;
	return found == 0;
}

const struct work work_write = { .run = run, .takes_input = true };
