#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "in_root.h"
#include "tar_writer.h"
#include "work.h"

/* Each level holds a descriptor. */
#define MAX_DEPTH 200

static struct tar_entry entry;

static char type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return '0';
	case S_IFLNK:
		return '2';
	case S_IFCHR:
		return '3';
	case S_IFBLK:
		return '4';
	case S_IFDIR:
		return '5';
	case S_IFIFO:
		return '6';
	default:
		return 0;
	}
}

static void describe(const struct stat *file)
{
	entry.type = type_of(file->st_mode);
	entry.mode = file->st_mode;
	entry.uid = file->st_uid;
	entry.gid = file->st_gid;
	entry.mtime = file->st_mtim.tv_sec;
	entry.size = entry.type == '0' ? (uint64_t)file->st_size : 0;
	bool device = entry.type == '3' || entry.type == '4';
	entry.major = device ? major(file->st_rdev) : 0;
	entry.minor = device ? minor(file->st_rdev) : 0;
	*entry.link = 0;
}

/* What the kernel makes up is not part of the container's files: Docker's archives don't have it either. */
static bool is_made_up(int directory)
{
	struct statfs kind;
	if (fstatfs(directory, &kind))
		return false;
	return kind.f_type == PROC_SUPER_MAGIC || kind.f_type == SYSFS_MAGIC || kind.f_type == CGROUP2_SUPER_MAGIC ||
	       kind.f_type == DEVPTS_SUPER_MAGIC;
}

static bool write_tree(int parent, const char *name, size_t length, int depth, struct fault *fault);

static bool write_children(int directory, size_t length, int depth, struct fault *fault)
{
	DIR *list = fdopendir(directory);
	if (!list)
		return fault_errno(fault, "reading %s", entry.path);
	bool done = true;
	for (struct dirent *child; done && (child = readdir(list));) {
		if (!strcmp(child->d_name, ".") || !strcmp(child->d_name, ".."))
			continue;
		size_t size = strlen(child->d_name);
		if (length + size + 2 > sizeof entry.path) {
			errno = ENAMETOOLONG;
			done = fault_errno(fault, "reading %s", entry.path);
			break;
		}
		memcpy(entry.path + length, child->d_name, size + 1);
		done = write_tree(dirfd(list), child->d_name, length + size, depth + 1, fault);
		entry.path[length] = 0;
	}
	closedir(list);
	return done;
}

static bool write_contents(int file, size_t length, int depth, struct fault *fault)
{
	struct stat now;
	if (fstat(file, &now))
		return fault_errno(fault, "reading %s", entry.path);
	describe(&now);
	if (entry.type == '5') {
		if (entry.path[length - 1] != '/')
			strcpy(entry.path + length++, "/");
		if (!tar_write_entry(1, &entry))
			return fault_errno(fault, "writing the archive");
		return is_made_up(file) || depth == MAX_DEPTH ||
		       write_children(fcntl(file, F_DUPFD_CLOEXEC, 3), length, depth, fault);
	}
	if (!tar_write_entry(1, &entry) || !tar_write_file(1, file, entry.size))
		return fault_errno(fault, "reading %s", entry.path);
	return true;
}

/* entry.path holds the member's name, `length` long. Files and directories are opened without following links. */
static bool write_tree(int parent, const char *name, size_t length, int depth, struct fault *fault)
{
	struct stat file;
	if (fstatat(parent, name, &file, AT_SYMLINK_NOFOLLOW))
		/* Gone since the directory was read. */
		return errno == ENOENT ? true : fault_errno(fault, "reading %s", entry.path);
	describe(&file);
	if (entry.type == '0' || entry.type == '5') {
		int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			return errno == ENOENT ? true : fault_errno(fault, "reading %s", entry.path);
		bool done = write_contents(fd, length, depth, fault);
		close(fd);
		return done;
	}
	if (entry.type == '2') {
		ssize_t size = readlinkat(parent, name, entry.link, sizeof entry.link - 1);
		if (size < 0)
			return fault_errno(fault, "reading %s", entry.path);
		entry.link[size] = 0;
	}
	/* A socket has no place in an archive. */
	return !entry.type || tar_write_entry(1, &entry) ? true : fault_errno(fault, "writing the archive");
}

static bool run(struct view request, int report, struct fault *fault)
{
	const char *path = item_string(item_find(request, TAG_PATH));
	char directory[4096], name[256];
	if (!path || !in_root_split(path, directory, sizeof directory, name))
		return fault_errno(fault, "reading");
	bool follow = *path && path[strlen(path) - 1] == '/';
	int parent = follow ? in_root_open(path, O_PATH | O_DIRECTORY) : in_root_open(directory, O_PATH | O_DIRECTORY);
	struct stat file;
	if (parent < 0 || fstatat(parent, follow ? "." : name, &file, AT_SYMLINK_NOFOLLOW))
		return fault_errno(fault, "stat %s", path);
	work_begun(report);
	bool is_root = !strcmp(name, ".") && !strcmp(directory, "/");
	snprintf(entry.path, sizeof entry.path, "%s", is_root ? "/" : name);
	bool done = write_tree(parent, follow ? "." : name, strlen(entry.path), 0, fault);
	return done && (tar_write_end(1) || fault_errno(fault, "writing the archive"));
}

const struct work work_read = { .run = run };
