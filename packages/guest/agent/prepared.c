#define _GNU_SOURCE
#include "prepared.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "covers.h"
#include "devices.h"
#include "protocol.h"

#define STAGE "/run/stage"

static struct tree {
	const char *target, *stage;
	bool attached;
} trees[] = { { "/proc", STAGE "/proc", false }, { "/dev", STAGE "/dev", false }, { "/sys", STAGE "/sys", false } };
#define TREES (sizeof trees / sizeof *trees)
enum { PROC, DEV, SYS };

/* Owned by this process, which exec ends. */
static struct view prepared;

static bool is_below(const char *path, const char *root)
{
	size_t length = strlen(root);
	return !strncmp(path, root, length) && (path[length] == 0 || path[length] == '/');
}

static struct tree *tree_of(struct view mount)
{
	const char *target = item_string(item_find(mount, TAG_MOUNT_TARGET));
	for (size_t i = 0; target && i < TREES; i++)
		if (is_below(target, trees[i].target) && !item_find(mount, TAG_MOUNT_PORT).at)
			return &trees[i];
	return NULL;
}

bool prepared_build(struct view description, struct fault *fault)
{
	struct mount_root stage;
	uint8_t *copy = malloc(description.length);
	mkdir(STAGE, 0755);
	if (!copy || !mount_root_open(&stage, STAGE, fault))
		return fault_errno(fault, "preparing mounts");
	memcpy(copy, description.at, description.length);
	prepared = (struct view){ copy, description.length };
	struct item item;
	bool broken = false, done = true;
	for (struct view rest = prepared; done && item_next(&rest, &item, &broken);)
		if (item.tag == TAG_MOUNT && tree_of(item.bytes))
			done = mount_item(&stage, item.bytes, fault);
	done = done && devices_make(&stage, fault) && cover_paths(prepared, STAGE, fault);
	close(stage.fd);
	return done;
}

static bool is_same(struct view a, struct view b)
{
	return a.length == b.length && !memcmp(a.at, b.at, a.length);
}

/* The list has this very item. */
static bool contains(struct view list, unsigned tag, struct view wanted)
{
	struct item item;
	bool broken = false;
	while (item_next(&list, &item, &broken))
		if (item.tag == tag && is_same(item.bytes, wanted))
			return true;
	return false;
}

static bool contains_all(struct view list, struct view wanted, unsigned tag)
{
	struct item item;
	bool broken = false;
	while (item_next(&wanted, &item, &broken))
		if (item.tag == tag && !contains(list, tag, item.bytes))
			return false;
	return true;
}

static bool covers_are_same(struct view setup)
{
	static const unsigned tags[] = { TAG_MASKED_PATH, TAG_READONLY_PATH };
	for (size_t i = 0; i < 2; i++)
		if (!contains_all(setup, prepared, tags[i]) || !contains_all(prepared, setup, tags[i]))
			return false;
	return true;
}

/* All of the tree's mounts are wanted, each as it is. More may be mounted into it. */
static bool is_wanted(const struct tree *tree, struct view setup)
{
	struct item item;
	bool broken = false, found = false;
	for (struct view rest = prepared; item_next(&rest, &item, &broken);) {
		if (item.tag != TAG_MOUNT || tree_of(item.bytes) != tree)
			continue;
		if (!contains(setup, TAG_MOUNT, item.bytes))
			return false;
		found = true;
	}
	return found;
}

static bool attach(struct tree *tree, struct mount_root *root, struct fault *fault)
{
	int onto = mount_root_directory(root, tree->target);
	tree->attached = onto >= 0 && !syscall(SYS_move_mount, AT_FDCWD, tree->stage, onto, "", MOVE_MOUNT_T_EMPTY_PATH);
	if (!tree->attached)
		fault_errno(fault, "mounting %s", tree->target);
	if (onto >= 0)
		close(onto);
	return tree->attached;
}

bool prepared_attach(struct view setup, struct mount_root *root, struct fault *fault)
{
	bool covered = covers_are_same(setup);
	for (size_t i = 0; prepared.length && i < TREES; i++)
		/* What covers paths in /proc and /sys can't be told apart later: both or none. */
		if ((covered || i == DEV) && is_wanted(&trees[i], setup) && !attach(&trees[i], root, fault))
			return false;
	return true;
}

bool prepared_has(struct view mount)
{
	const struct tree *tree = tree_of(mount);
	return tree && tree->attached && contains(prepared, TAG_MOUNT, mount);
}

bool prepared_has_devices(void)
{
	return trees[DEV].attached;
}

bool prepared_has_covers(void)
{
	return trees[PROC].attached && trees[SYS].attached;
}
