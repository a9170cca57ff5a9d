/*
 * Paths of the kernel's own file systems that a container must not write to, or not even see.
 */
#ifndef COVERS_H
#define COVERS_H

#include <stdbool.h>

#include "fault.h"
#include "items.h"

/* A path that is absent needs no cover. */
bool cover_readonly(const char *path, struct fault *fault);

/* All that the setup names, each below `prefix`. */
bool cover_paths(struct view setup, const char *prefix, struct fault *fault);

/* Only those that are below `directory`. */
bool cover_paths_below(struct view setup, const char *directory, struct fault *fault);

#endif
