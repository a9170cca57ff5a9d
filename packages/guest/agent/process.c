#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "credentials.h"
#include "path_lookup.h"
#include "protocol.h"
#include "report.h"
#include "standard_streams.h"
#include "users.h"

static size_t count(struct view list, unsigned tag)
{
	struct item item;
	bool broken = false;
	size_t found = 0;
	while (item_next(&list, &item, &broken))
		found += item.tag == tag;
	return found;
}

static void add_rlimit(struct process *process, struct view bytes)
{
	if (process->rlimit_count < MAX_RLIMITS && bytes.length == sizeof process->rlimits[0])
		memcpy(&process->rlimits[process->rlimit_count++], bytes.at, bytes.length);
}

static void set_terminal(struct process *process, struct view size)
{
	process->terminal = true;
	if (size.length != 4)
		return;
	memcpy(&process->rows, size.at, 2);
	memcpy(&process->columns, size.at + 2, 2);
}

static bool take_item(struct process *process, size_t *arg_count, const struct item *item)
{
	const char *text = item_string(item->bytes);
	switch (item->tag) {
	case TAG_ARG:
		process->args[(*arg_count)++] = (char *)(uintptr_t)text;
		return text;
	case TAG_ENV:
		process->env[process->env_count++] = (char *)(uintptr_t)text;
		return text;
	case TAG_CWD:
		return (process->cwd = text);
	case TAG_USER:
		return (process->user = text);
	case TAG_GROUP:
		if (process->group_count == MAX_GROUPS)
			return false;
		return (process->groups[process->group_count++] = text);
	case TAG_CAPABILITIES:
		process->capabilities = (uint64_t)item_number(item->bytes, 0);
		return true;
	case TAG_RLIMIT:
		add_rlimit(process, item->bytes);
		return true;
	case TAG_NO_NEW_PRIVILEGES:
		process->no_new_privileges = item_number(item->bytes, 0);
		return true;
	case TAG_OOM_SCORE_ADJ:
		process->oom_score_adj = (int)item_number(item->bytes, 0);
		return true;
	case TAG_TERMINAL:
		set_terminal(process, item->bytes);
		return true;
	case TAG_OPEN_STDIN:
		process->open_stdin = item_number(item->bytes, 0);
		return true;
	default:
		return true;
	}
}

bool process_parse(struct view description, struct process *process, struct fault *fault)
{
	*process = (struct process){ .cwd = "/", .user = "" };
	size_t arg_count = 0;
	process->args = calloc(count(description, TAG_ARG) + 1, sizeof(char *));
	process->env = calloc(count(description, TAG_ENV) + 2, sizeof(char *));
	if (!process->args || !process->env)
		return fault_set(fault, 128, ENOMEM, "out of memory");
	struct item item;
	bool broken = false;
	while (item_next(&description, &item, &broken))
		if (!take_item(process, &arg_count, &item))
			broken = true;
	if (broken || arg_count == 0)
		return fault_set(fault, 128, EINVAL, "the description of the process makes no sense");
	return true;
}

static bool has_env(const struct process *process, const char *name)
{
	size_t length = strlen(name);
	for (char **entry = process->env; *entry; entry++)
		if (!strncmp(*entry, name, length) && (*entry)[length] == '=')
			return true;
	return false;
}

/* As Docker does: every missing part is made, owned by root. */
static bool enter_directory(const char *path, struct fault *fault)
{
	if (!chdir(path))
		return true;
	char part[4096];
	if (errno == ENOENT && strlen(path) < sizeof part) {
		strcpy(part, path);
		for (char *slash = part + 1; *slash; slash++) {
			if (*slash != '/')
				continue;
			*slash = 0;
			mkdir(part, 0755);
			*slash = '/';
		}
		mkdir(part, 0755);
		if (!chdir(path))
			return true;
	}
	return fault_errno(fault, "chdir to cwd (\"%s\") set in config.json failed", path);
}

static bool limit(const struct process *process, struct fault *fault)
{
	for (size_t i = 0; i < process->rlimit_count; i++) {
		struct rlimit value = { process->rlimits[i].soft, process->rlimits[i].hard };
		if (setrlimit((__rlimit_resource_t)process->rlimits[i].resource, &value))
			return fault_errno(fault, "error setting rlimit %llu",
					   (unsigned long long)process->rlimits[i].resource);
	}
	/* The agent's own is -1000 and inherited. */
	int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (file >= 0) {
		if (dprintf(file, "%d", process->oom_score_adj) < 0)
			complain("oom_score_adj: %m");
		close(file);
	}
	return true;
}

static void reset_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	for (int signal_number = 1; signal_number < NSIG; signal_number++)
		signal(signal_number, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool become(const struct process *process, int report, bool console, struct fault *fault)
{
	static char home[1100];
	char path[4096];
	struct user user;
	if (!user_find(process, &user, fault) || !streams_open(process, &user, report, console, fault))
		return false;
	if (!has_env(process, "HOME")) {
		snprintf(home, sizeof home, "HOME=%s", user.home);
		process->env[process->env_count] = home;
	}
	if (!limit(process, fault) || !enter_directory(process->cwd, fault) ||
	    !credentials_take(process, &user, fault) || !path_find(process->args[0], process->env, path, fault))
		return false;
	reset_signals();
	umask(022);
	execve(path, process->args, process->env);
	return fault_set(fault, errno == EACCES ? 126 : errno == ENOENT ? 127 : 128, errno, "exec %s: %s", path,
			 errno == ENOEXEC  ? "exec format error" :
			 errno == EACCES ? "permission denied" :
			 errno == ENOENT ? "no such file or directory" :
					     strerror(errno));
}

void process_become(const struct process *process, int report, bool console)
{
	struct fault fault = { 0 };
	become(process, report, console, &fault);
	report_fault(report, &fault);
	_exit(fault.exit_code);
}
