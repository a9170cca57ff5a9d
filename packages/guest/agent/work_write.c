#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "extract.h"
#include "in_root.h"
#include "lane.h"
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

/* All that is known while it goes on. */
static struct extraction extraction;
static struct dated *directories;
/* Of the members that are put here. */
static struct open_directory here = { .fd = -1 };
/* Members so far that the lane could have taken. */
static unsigned files;

/* So few are not worth a second thread. */
#define FEW 16u

static void remember(const char *path, int64_t mtime)
{
	struct dated *directory = malloc(sizeof *directory + strlen(path) + 1);
	if (!directory)
		return;
	*directory = (struct dated){ .next = directories, .mtime = mtime };
	strcpy(directory->path, path);
	directories = directory;
}

static void date_directories(void)
{
	for (const struct dated *directory = directories; directory; directory = directory->next) {
		struct timespec times[2] = { { .tv_sec = directory->mtime }, { .tv_sec = directory->mtime } };
		int fd = in_root_open(directory->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
		if (fd < 0)
			continue;
		if (futimens(fd, times))
			complain("dating %s: %m", directory->path);
		close(fd);
	}
}

static bool take_away(const char *directory, const char *name, const struct tar_entry *entry, struct fault *fault)
{
	if (!lane_wait(fault))
		return false;
	int parent = in_root_open(directory, O_PATH | O_DIRECTORY);
	/* It may be the very directory that is known. */
	if (here.fd >= 0)
		close(here.fd);
	here.fd = -1;
	if (parent < 0)
		return errno == ENOENT || errno == ENOTDIR || fault_errno(fault, "removing %s", entry->path);
	bool removed = remove_tree(parent, name) || fault_errno(fault, "removing %s", entry->path);
	close(parent);
	return removed;
}

/* Files of a directory go where those before them went; a new directory's go to the lane when that has nothing else to do. */
static bool belongs_to_lane(const char *directory, const struct tar_entry *entry)
{
	if (!lane_can_take(entry))
		return false;
	bool is_new = here.fd < 0 || strcmp(directory, here.path);
	return lane_has(directory) || (files++ >= FEW && is_new && lane_is_free());
}

static bool put(struct tar_reader *reader, char *directory, const char *name, const struct tar_entry *entry,
		struct fault *fault)
{
	if (belongs_to_lane(directory, entry))
		return lane_give(reader, &extraction, directory, name, entry, fault);
	/* What is not a file may be about anything that came before; a directory only about what has its own name. */
	bool is_file = entry->type == '0' || entry->type == '7';
	bool waits = entry->type != '5' && (!is_file || lane_has(directory));
	if (waits && !lane_wait(fault))
		return false;
	if (!extract_enter(&here, directory))
		return fault_errno(fault, "creating %s", entry->path);
	return extract_put(reader, &extraction, &here, name, entry, fault);
}

static bool extract(struct tar_reader *reader, const struct tar_entry *entry, struct fault *fault)
{
	char path[4096], directory[4096], name[256];
	if (!extract_place(&extraction, entry->path, path, sizeof path) ||
	    !in_root_split(path, directory, sizeof directory, name))
		return fault_set(fault, 128, EINVAL, "%s: a name that leads out of the archive's directory", entry->path);
	if (extraction.sync && !strncmp(name, ".wh.", 4))
		return !name[4] || !strcmp(name + 4, ".") || !strcmp(name + 4, "..") ?
			       fault_set(fault, 128, EINVAL, "%s: the removal of nothing", entry->path) :
			       take_away(directory, name + 4, entry, fault);
	/* "./": the directory itself, which is there. */
	if (!strcmp(path, extraction.base) || !strcmp(name, "."))
		return extract_enter(&here, directory) || fault_errno(fault, "creating %s", entry->path);
	if (entry->type == '5')
		remember(path, entry->mtime);
	return put(reader, directory, name, entry, fault);
}

static bool find_owner(struct view request, struct fault *fault)
{
	struct process process = { .user = item_string(item_find(request, TAG_USER)) };
	static struct user user;
	if (!process.user)
		return true;
	if (!user_find(&process, &user, fault))
		return false;
	extraction.has_owner = true;
	extraction.uid = user.uid;
	extraction.gid = user.gid;
	return true;
}

static bool run(struct view request, int report, struct fault *fault)
{
	const char *path = item_string(item_find(request, TAG_PATH));
	static struct tar_entry entry;
	static char bytes[TAR_AT_ONCE];
	struct tar_reader reader = { .in = 0, .bytes = bytes, .room = sizeof bytes };
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
	if (!find_owner(request, fault))
		return false;
	umask(0);
	work_begun(report);
	int found;
	bool done = true;
	while (done && (found = tar_read_entry(&reader, &entry, fault)) == 1)
		done = extract(&reader, &entry, fault);
	if (!lane_wait(fault) || !done)
		return false;
	date_directories();
	/* Whatever follows the end is read, so that who sends it is not left with a broken pipe. */
	static char rest[65536];
	while (found == 0 && read(0, rest, sizeof rest) > 0)
		;
	return found == 0;
}

const struct work work_write = { .run = run, .takes_input = true };
