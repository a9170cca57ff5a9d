#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "text_file.h"
#include "work.h"

/* A process as the agent's /proc tells of it; `pid` and `parent` are of the agent's namespace. */
struct seen {
	int pid, parent, inside;
	long uid;
	unsigned long long ticks, start;
	char command[4096];
};

static long long field(const char *status, const char *key, int nth)
{
	const char *at = strstr(status, key);
	if (!at)
		return -1;
	at += strlen(key);
	char *end;
	for (;;) {
		long long value = strtoll(at, &end, 10);
		if (end == at)
			return -1;
		if (nth-- == 0)
			return value;
		at = end;
	}
}

static void read_command(int pid, const char *status, struct seen *seen)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
	memset(seen->command, 0, sizeof seen->command);
	if (text_file_read(path, seen->command, sizeof seen->command) && seen->command[0]) {
		size_t last = sizeof seen->command - 1;
		while (last > 0 && !seen->command[last])
			last--;
		for (size_t i = 0; i < last; i++)
			if (!seen->command[i])
				seen->command[i] = ' ';
		return;
	}
	const char *name = status + strlen("Name:\t");
	snprintf(seen->command, sizeof seen->command, "[%.*s]", (int)strcspn(name, "\n"), name);
}

/* True for a process of the container: it has a number in a second PID namespace. */
static bool look_at(int pid, struct seen *seen)
{
	char path[64], text[4096];
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	if (!text_file_read(path, text, sizeof text) || strncmp(text, "Name:\t", 6))
		return false;
	seen->pid = pid;
	seen->parent = (int)field(text, "\nPPid:", 0);
	seen->inside = (int)field(text, "\nNSpid:", 1);
	seen->uid = (long)field(text, "\nUid:", 1);
	if (seen->inside <= 0)
		return false;
	read_command(pid, text, seen);
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	if (!text_file_read(path, text, sizeof text))
		return false;
	/* The name in brackets may hold anything; behind the last bracket come the state and numbers, utime the twelfth. */
	const char *rest = strrchr(text, ')');
	if (!rest || strlen(rest) < 4)
		return false;
	unsigned long long user, system;
	if (sscanf(rest + 4, "%*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %*d %*d %llu", &user,
		   &system, &seen->start) != 3)
		return false;
	seen->ticks = user + system;
	return true;
}

/* How the container calls the parent; 0 where it is outside. */
static int parent_inside(int parent)
{
	char path[64], text[4096];
	snprintf(path, sizeof path, "/proc/%d/status", parent);
	if (!text_file_read(path, text, sizeof text))
		return 0;
	int inside = (int)field(text, "\nNSpid:", 1);
	return inside > 0 ? inside : 0;
}

static int64_t boot_time_ns(void)
{
	struct timespec real, boot;
	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (int64_t)(real.tv_sec - boot.tv_sec) * 1000000000 + real.tv_nsec - boot.tv_nsec;
}

static bool write_out(const struct seen *seen)
{
	static uint8_t inner[5000], outer[5100];
	int64_t tick_ns = 1000000000 / sysconf(_SC_CLK_TCK);
	struct writer fields = { .start = inner, .size = sizeof inner };
	write_number(&fields, TAG_PID, seen->inside);
	write_number(&fields, TAG_PPID, parent_inside(seen->parent));
	write_number(&fields, TAG_UID, seen->uid);
	write_number(&fields, TAG_CPU_NS, (int64_t)seen->ticks * tick_ns);
	write_number(&fields, TAG_STARTED_AT, boot_time_ns() + (int64_t)seen->start * tick_ns);
	write_string(&fields, TAG_COMMAND, seen->command);
	struct writer items = { .start = outer, .size = sizeof outer };
	write_bytes(&items, TAG_PROCESS, inner, fields.used);
	return write(1, outer, items.used) == (ssize_t)items.used;
}

static bool run(struct view request, int report, struct fault *fault)
{
	(void)request;
	static struct seen seen;
	DIR *proc = opendir("/proc");
	if (!proc)
		return fault_errno(fault, "reading /proc");
	work_begun(report);
	bool done = true;
	for (struct dirent *entry; done && (entry = readdir(proc));) {
		int pid = atoi(entry->d_name);
		if (pid > 0 && look_at(pid, &seen))
			done = write_out(&seen);
	}
	closedir(proc);
	return done ? true : fault_errno(fault, "writing the list of processes");
}

const struct work work_processes = { .run = run, .outside = true };
