#define _GNU_SOURCE
#include "watched.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct found {
	uint32_t device;
	uint64_t *nodes;
	size_t count, room;
};

/* FILEID_INO64_GEN of the kernel (include/linux/exportfs.h), which FUSE uses: high and low half of the nodeid, generation. */
#define HANDLE_TYPE 0x81

static unsigned half(const char *hex)
{
	unsigned value = 0, byte;
	for (int i = 0; i < 4; i++)
		if (sscanf(hex + 2 * i, "%2x", &byte) == 1)
			value |= byte << (8 * i);
	return value;
}

/* "inotify wd:1 ino:5 sdev:1e mask:fc6 ignored_mask:0 fhandle-bytes:c fhandle-type:81 f_handle:0000000002000000…" */
static void take_line(struct found *found, const char *line)
{
	unsigned device, type;
	const char *sdev = strstr(line, " sdev:"), *kind = strstr(line, " fhandle-type:"), *hex = strstr(line, " f_handle:");
	if (strncmp(line, "inotify ", 8) || !sdev || !kind || !hex || strlen(hex) < 10 + 16 ||
	    sscanf(sdev, " sdev:%x", &device) != 1 || sscanf(kind, " fhandle-type:%x", &type) != 1 ||
	    device != found->device || type != HANDLE_TYPE || found->count == found->room)
		return;
	found->nodes[found->count++] = (uint64_t)half(hex + 10) << 32 | half(hex + 18);
}

static void read_marks(struct found *found, int fdinfo, const char *number)
{
	int fd = openat(fdinfo, number, O_RDONLY | O_CLOEXEC);
	FILE *lines = fd < 0 ? NULL : fdopen(fd, "r");
	char line[512];
	if (!lines) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while (fgets(line, sizeof line, lines))
		take_line(found, line);
	fclose(lines);
}

/* Threads share their descriptors: one look at each process is enough. */
static void read_process(struct found *found, int proc, const char *pid)
{
	char path[64], target[64];
	snprintf(path, sizeof path, "%s/fd", pid);
	int fds = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(path, sizeof path, "%s/fdinfo", pid);
	int fdinfo = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fds < 0 ? NULL : fdopendir(fds);
	for (struct dirent *entry; entries && fdinfo >= 0 && (entry = readdir(entries));) {
		ssize_t length = readlinkat(fds, entry->d_name, target, sizeof target - 1);
		if (length <= 0)
			continue;
		target[length] = 0;
		if (!strcmp(target, "anon_inode:inotify"))
			read_marks(found, fdinfo, entry->d_name);
	}
	if (entries)
		closedir(entries);
	else if (fds >= 0)
		close(fds);
	if (fdinfo >= 0)
		close(fdinfo);
}

size_t watched_nodes(const char *processes_path, uint32_t device, uint64_t *nodes, size_t room)
{
	struct found found = { .device = device, .nodes = nodes, .room = room };
	DIR *processes = opendir(processes_path);
	for (struct dirent *entry; processes && (entry = readdir(processes));)
		if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name))
			read_process(&found, dirfd(processes), entry->d_name);
	if (processes)
		closedir(processes);
	return found.count;
}
