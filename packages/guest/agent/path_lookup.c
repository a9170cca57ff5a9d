#define _GNU_SOURCE
#include "path_lookup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096

/* 0, or why it can't be executed. */
static int why_not(const char *path)
{
	struct stat file;
	if (stat(path, &file))
		return errno;
	if (S_ISDIR(file.st_mode))
		return EISDIR;
	return access(path, X_OK) ? errno : 0;
}

static const char *path_variable(char *const *env)
{
	for (; *env; env++)
		if (!strncmp(*env, "PATH=", 5))
			return *env + 5;
	return "";
}

bool path_find(const char *name, char *const *env, char *path, struct fault *fault)
{
	if (strchr(name, '/')) {
		int error = why_not(name);
		snprintf(path, PATH_SIZE, "%s", name);
		switch (error) {
		case 0:
			return true;
		case EACCES:
			return fault_set(fault, 126, error, "exec: \"%s\": permission denied", name);
		case EISDIR:
			return fault_set(fault, 126, error, "exec: \"%s\": is a directory", name);
		case ENOENT:
			return fault_set(fault, 127, error, "exec: \"%s\": stat %s: no such file or directory", name, name);
		default:
			errno = error;
			return fault_errno(fault, "exec: \"%s\": stat %s", name, name);
		}
	}
	const char *directory = path_variable(env);
	while (*directory && *name) {
		size_t length = strcspn(directory, ":");
		/* An empty part means the working directory, which Go refuses to search. */
		if (length && snprintf(path, PATH_SIZE, "%.*s/%s", (int)length, directory, name) < PATH_SIZE &&
		    !why_not(path))
			return true;
		directory += length + (directory[length] == ':');
	}
	return fault_set(fault, 127, ENOENT, "exec: \"%s\": executable file not found in $PATH", name);
}
