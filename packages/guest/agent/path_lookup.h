/*
 * Finds a program as the container's user sees it, with the words of Go's os/exec, which Docker's clients tell apart.
 */
#ifndef PATH_LOOKUP_H
#define PATH_LOOKUP_H

#include "fault.h"

/* `path` holds 4096 bytes. */
bool path_find(const char *name, char *const *env, char *path, struct fault *fault);

#endif
