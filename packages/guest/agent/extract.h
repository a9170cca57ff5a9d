/*
 * Puts members of an archive into the container's file system, one directory open at a time.
 */
#ifndef EXTRACT_H
#define EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "fault.h"
#include "tar_reader.h"

/* What was asked for. Does not change while members are put. */
struct extraction {
	/* The directory to extract into, as seen in the root. */
	char base[4096];
	/* `sync`: ".wh.NAME" takes NAME away, as in layers of images, and what has a name is replaced at once, never seen half. */
	bool keep_kinds, has_owner, sync;
	uid_t uid;
	gid_t gid;
};

/* The directory of the member before, mostly that of the next one, too. fd -1: none. */
struct open_directory {
	int fd;
	bool has_set_group;
	char path[4096];
};

/* A member's path below `base`, without empty parts and "."; false for "..", which leads out. */
bool extract_place(const struct extraction *extraction, const char *path, char *full, size_t size);

/* Opens the directory, made with its parents where an archive leaves them out. False with errno. */
bool extract_enter(struct open_directory *directory, char *path);

/* Two threads may do this at once in different directories. */
bool extract_put(struct tar_reader *reader, const struct extraction *extraction, const struct open_directory *directory,
		 const char *name, const struct tar_entry *entry, struct fault *fault);

#endif
