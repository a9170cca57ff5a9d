#define _GNU_SOURCE
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "protocol.h"
#include "text_file.h"

#define ROOT "/sys/fs/cgroup"
#define CONTAINER ROOT "/container"

bool cgroup_create(void)
{
	/* One by one: a kernel without one of them still has the others. */
	static const char *const controllers[] = { "+cpu", "+memory", "+pids", "+cpuset", "+io" };
	for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++)
		text_file_write(ROOT "/cgroup.subtree_control", controllers[i]);
	return mkdir(CONTAINER, 0755) == 0;
}

int cgroup_open(void)
{
	return open(CONTAINER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool cgroup_enter(void)
{
	return text_file_write(CONTAINER "/cgroup.procs", "0");
}

bool cgroup_limit(struct view setup, struct fault *fault)
{
	static const struct {
		unsigned tag;
		const char *file;
	} limits[] = {
		{ TAG_MEMORY_MAX, "memory.max" }, { TAG_MEMORY_SWAP_MAX, "memory.swap.max" },
		{ TAG_MEMORY_LOW, "memory.low" }, { TAG_CPU_MAX, "cpu.max" },
		{ TAG_CPU_WEIGHT, "cpu.weight" }, { TAG_CPUSET_CPUS, "cpuset.cpus" },
		{ TAG_PIDS_MAX, "pids.max" },
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		const char *value = item_string(item_find(setup, limits[i].tag));
		char path[128];
		if (!value)
			continue;
		snprintf(path, sizeof path, CONTAINER "/%s", limits[i].file);
		/* Without a swap there is nothing to limit, and no such file. */
		if (!text_file_write(path, value) && !(limits[i].tag == TAG_MEMORY_SWAP_MAX && errno == ENOENT))
			return fault_errno(fault, "limit %s of the container to \"%s\"", limits[i].file, value);
	}
	return true;
}

/* The number behind `key` in a file of lines "key number"; the whole file is the number where the key is empty. */
static int64_t read_number(const char *path, const char *key, int64_t fallback)
{
	char text[4096];
	if (!text_file_read(path, text, sizeof text))
		return fallback;
	size_t length = strlen(key);
	for (char *line = text; line && *line;) {
		if (!strncmp(line, key, length) && (length == 0 || line[length] == ' ')) {
			char *end, *number = line + length;
			long long value = strtoll(number, &end, 10);
			return end == number ? fallback : value;
		}
		line = strchr(line, '\n');
		line += line != NULL;
	}
	return fallback;
}

static int64_t forgotten_oom_kills;

static int64_t oom_kills(void)
{
	return read_number(CONTAINER "/memory.events", "oom_kill", 0);
}

bool cgroup_was_oom_killed(void)
{
	return oom_kills() > forgotten_oom_kills;
}

void cgroup_forget_oom_kills(void)
{
	forgotten_oom_kills = oom_kills();
}

void cgroup_read_usage(struct cgroup_usage *usage)
{
	struct sysinfo machine = { 0 };
	sysinfo(&machine);
	usage->cpu_ns = read_number(CONTAINER "/cpu.stat", "usage_usec", 0) * 1000;
	usage->memory = read_number(CONTAINER "/memory.current", "", 0);
	usage->inactive_file = read_number(CONTAINER "/memory.stat", "inactive_file", 0);
	/* "max" is no number. */
	usage->memory_limit = read_number(CONTAINER "/memory.max", "", (int64_t)machine.totalram * machine.mem_unit);
	usage->pids = read_number(CONTAINER "/pids.current", "", 0);
}
