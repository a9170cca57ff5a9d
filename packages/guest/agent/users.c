#define _GNU_SOURCE
#include "users.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_LINE 65536

/* Cuts `line` at its colons; missing fields are empty. */
static void split(char *line, char **fields, size_t count)
{
	line[strcspn(line, "\r\n")] = 0;
	for (size_t i = 0; i < count; i++) {
		fields[i] = line;
		line += strcspn(line, ":");
		if (*line)
			*line++ = 0;
	}
}

/* A number that an id may be: 0 … 2^31-1, else -1. */
static long number(const char *text)
{
	char *end;
	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	long value = strtol(text, &end, 10);
	return *end || errno || value > INT_MAX ? -1 : value;
}

/* Calls back for every line of the file; a missing file has none. */
static void each_line(const char *path, char **fields, size_t count, void (*take)(char **fields, void *context),
		      void *context)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return;
	static char line[LONGEST_LINE];
	while (fgets(line, sizeof line, file)) {
		if (*line == '#' || *line == '\n')
			continue;
		split(line, fields, count);
		take(fields, context);
	}
	fclose(file);
}

struct wanted_user {
	const char *name;
	long id;
	struct user *user;
	char login[256];
	bool found;
};

/* name:password:uid:gid:comment:home:shell. The first that matches counts. */
static void match_user(char **fields, void *context)
{
	struct wanted_user *wanted = context;
	long uid = number(fields[2]), gid = number(fields[3]);
	if (wanted->found || uid < 0 || gid < 0)
		return;
	if (strcmp(fields[0], wanted->name) && uid != wanted->id)
		return;
	wanted->found = true;
	wanted->user->uid = (uid_t)uid;
	wanted->user->gid = (gid_t)gid;
	snprintf(wanted->login, sizeof wanted->login, "%s", fields[0]);
	snprintf(wanted->user->home, sizeof wanted->user->home, "%s", fields[5]);
}

struct wanted_group {
	const char *name;
	long id, gid;
};

/* name:password:gid:members */
static void match_group(char **fields, void *context)
{
	struct wanted_group *wanted = context;
	long gid = number(fields[2]);
	if (wanted->gid < 0 && gid >= 0 && (!strcmp(fields[0], wanted->name) || gid == wanted->id))
		wanted->gid = gid;
}

static void add_gid(struct user *user, gid_t gid)
{
	for (size_t i = 0; i < user->gid_count; i++)
		if (user->gids[i] == gid)
			return;
	if (user->gid_count < MAX_GIDS)
		user->gids[user->gid_count++] = gid;
}

static void match_member(char **fields, void *context)
{
	struct wanted_user *wanted = context;
	long gid = number(fields[2]);
	char *rest = NULL;
	for (char *name = strtok_r(fields[3], ",", &rest); name && gid >= 0; name = strtok_r(NULL, ",", &rest))
		if (!strcmp(name, wanted->login))
			add_gid(wanted->user, (gid_t)gid);
}

static long find_group(const char *name)
{
	char *fields[4];
	struct wanted_group wanted = { name, number(name), -1 };
	each_line("/etc/group", fields, 4, match_group, &wanted);
	return wanted.gid >= 0 ? wanted.gid : wanted.id;
}

bool user_find(const struct process *process, struct user *user, struct fault *fault)
{
	*user = (struct user){ .home = "/" };
	char spec[512];
	snprintf(spec, sizeof spec, "%s", process->user);
	char *group = strchr(spec, ':');
	if (group)
		*group++ = 0;
	const char *name = *spec ? spec : "0";
	char *fields[7];
	struct wanted_user wanted = { .name = name, .id = number(name), .user = user };
	each_line("/etc/passwd", fields, 7, match_user, &wanted);
	if (!wanted.found) {
		if (wanted.id < 0)
			return fault_set(fault, 128, 0, "unable to find user %s: no matching entries in passwd file", name);
		user->uid = (uid_t)wanted.id;
	}
	if (!*user->home)
		strcpy(user->home, "/");
	if (group && *group) {
		long gid = find_group(group);
		if (gid < 0)
			return fault_set(fault, 128, 0, "unable to find group %s: no matching entries in group file", group);
		user->gid = (gid_t)gid;
	} else if (wanted.found) {
		/* With a group given, membership of others does not count. */
		each_line("/etc/group", fields, 4, match_member, &wanted);
	}
	add_gid(user, user->gid);
	for (size_t i = 0; i < process->group_count; i++) {
		long gid = find_group(process->groups[i]);
		if (gid < 0)
			return fault_set(fault, 128, 0, "unable to find group %s: no matching entries in group file",
					 process->groups[i]);
		add_gid(user, (gid_t)gid);
	}
	return true;
}
