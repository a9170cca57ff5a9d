#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "in_root.h"
#include "work.h"

/* Where a link leads in the end, within the root; what it says where it leads to nothing. */
static void read_target(const char *path, int link, char *target, size_t size)
{
	int end = in_root_open(path, O_PATH);
	if (end >= 0 && in_root_path(end, target, size))
		return;
	ssize_t length = readlinkat(link, "", target, size - 1);
	target[length < 0 ? 0 : length] = 0;
}

static bool run(struct view request, int report, struct fault *fault)
{
	const char *path = item_string(item_find(request, TAG_PATH));
	char directory[4096], name[256], target[4096] = "";
	struct stat file;
	if (!path || !in_root_split(path, directory, sizeof directory, name))
		return fault_errno(fault, "stat");
	/* A slash at the end asks for what a link leads to. */
	bool follow = *path && path[strlen(path) - 1] == '/';
	int fd = in_root_open(path, O_PATH | (follow ? 0 : O_NOFOLLOW));
	if (fd < 0 || fstat(fd, &file))
		return fault_errno(fault, "stat %s", path);
	if (S_ISLNK(file.st_mode))
		read_target(path, fd, target, sizeof target);
	work_begun(report);
	uint8_t items[5200];
	struct writer writer = { .start = items, .size = sizeof items };
	write_string(&writer, TAG_NAME, strcmp(name, ".") ? name : "/");
	write_number(&writer, TAG_SIZE, file.st_size);
	write_number(&writer, TAG_MODE, file.st_mode);
	write_number(&writer, TAG_MTIME, (int64_t)file.st_mtim.tv_sec * 1000000000 + file.st_mtim.tv_nsec);
	write_string(&writer, TAG_LINK_TARGET, target);
	return write(1, items, writer.used) == (ssize_t)writer.used ? true : fault_errno(fault, "stat %s", path);
}

const struct work work_stat = { .run = run };
