#include "pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "fail.h"

int pid_file_lock(const char *path)
{
	int fd = must(open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), "%s", path);
	must(flock(fd, LOCK_EX | LOCK_NB), "another server holds %s", path);
	return fd;
}

/* Counted from behind the name, which may hold anything. */
static void read_start_time(int pid, char *time, size_t size)
{
	char path[32], text[1024];
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	int fd = must(open(path, O_RDONLY | O_CLOEXEC), "%s", path);
	ssize_t length = must(read(fd, text, sizeof text - 1), "%s", path);
	close(fd);
	text[length] = '\0';
	char *field = strrchr(text, ')');
	for (int i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	if (!field)
		fail("%s", path);
	snprintf(time, size, "%.*s", (int)strcspn(field + 1, " "), field + 1);
}

void pid_file_write(int fd, int child)
{
	char time[32], own_time[32], text[128];
	read_start_time(child, time, sizeof time);
	read_start_time(getpid(), own_time, sizeof own_time);
	int length = snprintf(text, sizeof text, "%d %s\n%d %s\n", child, time, getpid(), own_time);
	/* At once, for whoever reads it when another takes a child's place. */
	must(pwrite(fd, text, (size_t)length, 0), "pid file");
	must(ftruncate(fd, length), "pid file");
}
