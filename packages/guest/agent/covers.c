#define _GNU_SOURCE
#include "covers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "protocol.h"

/* Remounting a bind keeps its other flags only if they are named again. */
static unsigned long flags_of(const char *path)
{
	struct statvfs kind;
	if (statvfs(path, &kind))
		return 0;
	static const struct {
		unsigned long stat, mount;
	} flags[] = { { ST_NOSUID, MS_NOSUID }, { ST_NODEV, MS_NODEV }, { ST_NOEXEC, MS_NOEXEC },
		      { ST_NOATIME, MS_NOATIME }, { ST_NODIRATIME, MS_NODIRATIME }, { ST_RELATIME, MS_RELATIME } };
	unsigned long found = 0;
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (kind.f_flag & flags[i].stat)
			found |= flags[i].mount;
	return found;
}

bool cover_readonly(const char *path, struct fault *fault)
{
	bool is_root = !strcmp(path, "/");
	if (!is_root && mount(path, path, NULL, MS_BIND | MS_REC, NULL))
		return errno == ENOENT ? true : fault_errno(fault, "making %s read-only", path);
	if (mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | flags_of(path), NULL))
		return fault_errno(fault, "making %s read-only", path);
	return true;
}

static bool mask(const char *path, struct fault *fault)
{
	if (!mount("/dev/null", path, NULL, MS_BIND, NULL) || errno == ENOENT)
		return true;
	if (errno == ENOTDIR && !mount("tmpfs", path, "tmpfs", MS_RDONLY, "size=0k"))
		return true;
	return fault_errno(fault, "masking %s", path);
}

static bool cover_those(struct view setup, const char *prefix, const char *directory, struct fault *fault)
{
	struct item item;
	bool broken = false;
	size_t length = strlen(directory);
	while (item_next(&setup, &item, &broken)) {
		if (item.tag != TAG_READONLY_PATH && item.tag != TAG_MASKED_PATH)
			continue;
		const char *path = item_string(item.bytes);
		char full[4096];
		if (!path || *path != '/' || snprintf(full, sizeof full, "%s%s", prefix, path) >= (int)sizeof full)
			return fault_set(fault, 128, EINVAL, "a path to be covered makes no sense");
		if (strncmp(path, directory, length))
			continue;
		if (!(item.tag == TAG_READONLY_PATH ? cover_readonly(full, fault) : mask(full, fault)))
			return false;
	}
	return true;
}

bool cover_paths(struct view setup, const char *prefix, struct fault *fault)
{
	return cover_those(setup, prefix, "/", fault);
}

bool cover_paths_below(struct view setup, const char *directory, struct fault *fault)
{
	return cover_those(setup, "", directory, fault);
}
