#define _GNU_SOURCE
#include "entry.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define SET_IDS (S_ISUID | S_ISGID)

static bool owner_is_right(const struct entry_place *place)
{
	return place->uid == 0 && place->gid == 0 && !place->group_is_inherited;
}

/* By its descriptor, and only what is not so from the beginning: it is the way of thousands of files. */
static bool make_file(struct tar_reader *reader, const struct entry_place *place, const struct tar_entry *entry,
		      struct fault *fault)
{
	mode_t mode = entry->mode & 07777;
	bool owned = owner_is_right(place);
	struct timespec times[2] = { { .tv_sec = entry->mtime }, { .tv_sec = entry->mtime } };
	/* What others may not read they do not see half-written either; writing clears set-id bits. */
	int file = openat(place->directory, place->name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC,
			  owned ? mode & ~SET_IDS : 0600);
	if (file < 0)
		return fault_errno(fault, "creating %s", entry->path);
	bool made = tar_read_file(reader, file, fault);
	if (made && ((!owned && (fchown(file, place->uid, place->gid) || fchmod(file, mode))) ||
		     (owned && mode & SET_IDS && fchmod(file, mode)) || futimens(file, times)))
		made = fault_errno(fault, "setting owner, mode and time of %s", entry->path);
	close(file);
	return made;
}

static bool make_other(const struct entry_place *place, const struct tar_entry *entry)
{
	dev_t device = makedev((unsigned)entry->major, (unsigned)entry->minor);
	switch (entry->type) {
	case '1':
		return place->linked >= 0 && !linkat(place->linked, "", place->directory, place->name, AT_EMPTY_PATH);
	case '2':
		return !symlinkat(entry->link, place->directory, place->name);
	case '3':
		return !mknodat(place->directory, place->name, S_IFCHR | 0600, device);
	case '4':
		return !mknodat(place->directory, place->name, S_IFBLK | 0600, device);
	case '5':
		return !mkdirat(place->directory, place->name, 0700) || errno == EEXIST;
	default:
		return !mkfifoat(place->directory, place->name, 0600);
	}
}

static bool finish(const struct entry_place *place, const struct tar_entry *entry, struct fault *fault)
{
	struct timespec times[2] = { { .tv_sec = entry->mtime }, { .tv_sec = entry->mtime } };
	if (entry->type == '1')
		return true;
	/* Changing the owner clears setuid: the mode comes after. */
	if (fchownat(place->directory, place->name, place->uid, place->gid, AT_SYMLINK_NOFOLLOW) ||
	    (entry->type != '2' && fchmodat(place->directory, place->name, entry->mode & 07777, 0)) ||
	    utimensat(place->directory, place->name, times, AT_SYMLINK_NOFOLLOW))
		return fault_errno(fault, "setting owner, mode and time of %s", entry->path);
	return true;
}

bool entry_make(struct tar_reader *reader, const struct entry_place *place, const struct tar_entry *entry,
		struct fault *fault)
{
	if (entry->type == '0' || entry->type == '7')
		return make_file(reader, place, entry, fault);
	if (entry->type < '1' || entry->type > '6')
		return fault_set(fault, 128, 0, "%s: a member of the unknown type '%c'", entry->path, entry->type);
	if (!make_other(place, entry))
		return fault_errno(fault, "creating %s", entry->path);
	return finish(place, entry, fault);
}
