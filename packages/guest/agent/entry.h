/*
 * Makes what a member of an archive says, under a name in an open directory.
 */
#ifndef ENTRY_H
#define ENTRY_H

#include <stdbool.h>
#include <sys/types.h>

#include "fault.h"
#include "tar_reader.h"

struct entry_place {
	int directory;
	const char *name;
	/* Who shall own it. */
	uid_t uid;
	gid_t gid;
	/* What is made in the directory belongs to the directory's group at first. */
	bool group_is_inherited;
	/* For a hard link: the open file that it is another name of, or -1 with errno. */
	int linked;
};

/* The name is free, or that of a directory where the member is one. The umask is 0. */
bool entry_make(struct tar_reader *reader, const struct entry_place *place, const struct tar_entry *entry,
		struct fault *fault);

#endif
