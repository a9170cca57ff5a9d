/*
 * Users and groups, looked up in the container's own /etc/passwd and /etc/group as Docker does (moby/sys/user).
 */
#ifndef USERS_H
#define USERS_H

#include "process.h"

#define MAX_GIDS 256

struct user {
	uid_t uid;
	gid_t gid;
	/* Supplementary groups. */
	gid_t gids[MAX_GIDS];
	size_t gid_count;
	char home[1024];
};

/* Of process->user and ->groups; the files are those of the caller's root. */
bool user_find(const struct process *process, struct user *user, struct fault *fault);

#endif
