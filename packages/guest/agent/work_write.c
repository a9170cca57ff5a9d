#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

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
		return (!was_directory && !is_directory) || remove_tree(parent, name) ||
		       fault_errno(fault, "replacing %s", entry->path);
	if (extraction->keep_kinds && was_directory != is_directory)
		return fault_set(fault, 128, EEXIST,
				 was_directory ? "cannot overwrite directory \"%s\" with non-directory \"%s\"" :
						 "cannot overwrite non-directory \"%s\" with directory \"%s\"",
				 name, entry->path);
	if (unlinkat(parent, name, was_directory ? AT_REMOVEDIR : 0))
		return fault_errno(fault, "replacing %s", entry->path);
	return true;
}

static bool link_to(const struct extraction *extraction, int parent, const char *name, const struct tar_entry *entry)
{
	char target[4096];
	errno = EINVAL;
	int file = place(extraction, entry->link, target, sizeof target) ? in_root_open(target, O_PATH | O_NOFOLLOW) : -1;
	bool linked = file >= 0 && !linkat(file, "", parent, name, AT_EMPTY_PATH);
	if (file >= 0)
		close(file);
	return linked;
}

static bool make(struct tar_reader *reader, const struct extraction *extraction, int parent, const char *name,
		 const struct tar_entry *entry, struct fault *fault)
{
	dev_t device = makedev((unsigned)entry->major, (unsigned)entry->minor);
	bool made;
	int file;
	switch (entry->type) {
	case '0':
	case '7':
		file = openat(parent, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (file < 0)
			return fault_errno(fault, "creating %s", entry->path);
		made = tar_read_file(reader, file, fault);
		close(file);
		return made;
	case '1':
		made = link_to(extraction, parent, name, entry);
		break;
	case '2':
		made = !symlinkat(entry->link, parent, name);
		break;
	case '3':
		made = !mknodat(parent, name, S_IFCHR | 0600, device);
		break;
	case '4':
		made = !mknodat(parent, name, S_IFBLK | 0600, device);
		break;
	case '5':
		made = !mkdirat(parent, name, 0700) || errno == EEXIST;
		break;
	case '6':
		made = !mkfifoat(parent, name, 0600);
		break;
	default:
		return fault_set(fault, 128, 0, "%s: a member of the unknown type '%c'", entry->path, entry->type);
	}
	return made ? true : fault_errno(fault, "creating %s", entry->path);
}

static bool finish(const struct extraction *extraction, int parent, const char *name, const struct tar_entry *entry,
		   struct fault *fault)
{
	uid_t uid = extraction->has_owner ? extraction->uid : (uid_t)entry->uid;
	gid_t gid = extraction->has_owner ? extraction->gid : (gid_t)entry->gid;
	struct timespec times[2] = { { .tv_sec = entry->mtime }, { .tv_sec = entry->mtime } };
	if (entry->type == '1')
		return true;
	/* Changing the owner clears setuid: the mode comes after. */
	if (fchownat(parent, name, uid, gid, AT_SYMLINK_NOFOLLOW) ||
	    (entry->type != '2' && fchmodat(parent, name, entry->mode & 07777, 0)) ||
	    utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW))
		return fault_errno(fault, "setting owner, mode and time of %s", entry->path);
	return true;
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

/* A program that reads the file meanwhile gets the old one or the new one, whole. */
static bool replace(struct tar_reader *reader, const struct extraction *extraction, int parent, const char *name,
		    const struct tar_entry *entry, struct fault *fault)
{
	char fresh[32];
	snprintf(fresh, sizeof fresh, ".sync-%d", getpid());
	if (make(reader, extraction, parent, fresh, entry, fault) && finish(extraction, parent, fresh, entry, fault)) {
		if (!renameat(parent, fresh, parent, name))
			return true;
		fault_errno(fault, "replacing %s", entry->path);
	}
	unlinkat(parent, fresh, 0);
	return false;
}

static bool put(struct tar_reader *reader, const struct extraction *extraction, int parent, const char *name,
		const struct tar_entry *entry, struct fault *fault)
{
	if (!make_way(extraction, parent, name, entry, fault))
		return false;
	if (extraction->sync && entry->type != '5')
		return replace(reader, extraction, parent, name, entry, fault);
	return make(reader, extraction, parent, name, entry, fault) &&
	       finish(extraction, parent, name, entry, fault);
}

static bool take_away(const char *directory, const char *name, const struct tar_entry *entry, struct fault *fault)
{
	int parent = in_root_open(directory, O_PATH | O_DIRECTORY);
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
			       take_away(directory, name + 4, entry, fault);
	int parent = open_directory(directory);
	if (parent < 0)
		return fault_errno(fault, "creating %s", entry->path);
	/* "./": the directory itself, which is there. */
	bool itself = !strcmp(path, extraction->base) || !strcmp(name, ".");
	if (!itself && entry->type == '5')
		remember(extraction, path, entry->mtime);
	bool done = itself || put(reader, extraction, parent, name, entry, fault);
	close(parent);
	return done;
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
	static struct extraction extraction;
	static struct tar_entry entry;
	struct tar_reader reader = { .in = 0 };
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
