#define _GNU_SOURCE
#include "rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "covers.h"
#include "data_disks.h"
#include "devices.h"
#include "mounts.h"
#include "prepared.h"
#include "protocol.h"
#include "text_file.h"

#define ROOT "/root"

bool rootfs_prepare(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static bool attach(int tree, const char *directory, struct fault *fault)
{
	if (tree < 0)
		return true;
	int moved = (int)syscall(SYS_move_mount, tree, "", AT_FDCWD, directory, MOVE_MOUNT_F_EMPTY_PATH);
	close(tree);
	return moved == 0 ? true : fault_errno(fault, "attaching %s", directory);
}

static bool attach_data_disks(const struct container_mounts *mounts, struct fault *fault)
{
	char path[32];
	for (int i = 0; i < DATA_DISKS; i++)
		if (!data_disk_path(i, path, sizeof path) || !attach(mounts->data[i], path, fault))
			return false;
	return true;
}

/* Files of the agent's own in a tmpfs, bound over those of the image: they can be changed with a read-only root, not removed. */
static bool mount_etc_file(struct view list, struct mount_root *root, struct fault *fault)
{
	const char *name = item_string(item_find(list, TAG_NAME));
	struct view text = item_find(list, TAG_VALUE);
	char path[64], target[64];
	if (!name || !text.at || strchr(name, '/') || strlen(name) > 32)
		return fault_set(fault, 128, EINVAL, "a file for /etc makes no sense");
	snprintf(path, sizeof path, "/run/etc/%s", name);
	snprintf(target, sizeof target, "/etc/%s", name);
	int file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
	if (file < 0 || write(file, text.at, text.length) != (ssize_t)text.length)
		return fault_errno(fault, "writing %s", target);
	close(file);
	return mount_bind(root, path, target, 0, fault);
}

static bool mount_all(struct view setup, struct mount_root *root, struct fault *fault)
{
	struct item item;
	bool broken = false;
	for (struct view rest = setup; item_next(&rest, &item, &broken);) {
		if (item.tag != TAG_MOUNT)
			continue;
		if (!prepared_has(item.bytes) && !mount_item(root, item.bytes, fault))
			return false;
	}
	for (struct view rest = setup; item_next(&rest, &item, &broken);)
		if (item.tag == TAG_ETC_FILE && !mount_etc_file(item.bytes, root, fault))
			return false;
	return true;
}

/* By the agent's own /proc, which is still at hand: the container's may be prepared and read-only. What counts is who writes. */
static bool write_sysctls(struct view setup, struct fault *fault)
{
	struct item item;
	bool broken = false;
	while (item_next(&setup, &item, &broken)) {
		if (item.tag != TAG_SYSCTL)
			continue;
		const char *name = item_string(item_find(item.bytes, TAG_NAME));
		const char *value = item_string(item_find(item.bytes, TAG_VALUE));
		char path[512];
		if (!name || !value || strstr(name, "..") ||
		    snprintf(path, sizeof path, "/proc/sys/%s", name) >= (int)sizeof path)
			return fault_set(fault, 128, EINVAL, "a sysctl makes no sense");
		if (!text_file_write(path, value))
			return fault_errno(fault, "open sysctl %s file", name);
	}
	return true;
}

static bool switch_root(struct fault *fault)
{
	/* The old root is stacked under the new one and then taken away (pivot_root(2), NOTES). */
	if (chdir(ROOT) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
		return fault_errno(fault, "changing the root");
	return true;
}

static bool name_host(struct view setup, struct fault *fault)
{
	const char *host = item_string(item_find(setup, TAG_HOSTNAME));
	const char *domain = item_string(item_find(setup, TAG_DOMAINNAME));
	if ((host && sethostname(host, strlen(host))) || (domain && *domain && setdomainname(domain, strlen(domain))))
		return fault_errno(fault, "setting the host name");
	return true;
}

/* While the root can still be written. What is wrong with it shows when the process enters it. */
static bool make_working_directory(struct view setup, const struct mount_root *root)
{
	const char *path = item_string(item_find(item_find(setup, TAG_PROCESS), TAG_CWD));
	int directory = path ? mount_root_directory(root, path) : -1;
	if (directory >= 0)
		close(directory);
	return true;
}

bool rootfs_build(struct view setup, struct container_mounts mounts, struct fault *fault)
{
	struct mount_root root = { -1 };
	bool built = attach(mounts.disk, ROOT, fault) && attach(mounts.plain, PORT_PLAIN, fault) &&
		     attach(mounts.locking, PORT_LOCKING, fault) && attach_data_disks(&mounts, fault) &&
		     mount_root_open(&root, ROOT, fault) &&
		     prepared_attach(setup, &root, fault) && mount_all(setup, &root, fault) &&
		     (prepared_has_devices() || devices_make(&root, fault)) && make_working_directory(setup, &root);
	if (root.fd >= 0)
		close(root.fd);
	if (!built || !name_host(setup, fault) || !write_sysctls(setup, fault) || !switch_root(fault))
		return false;
	if (item_number(item_find(setup, TAG_ROOT_READONLY), 0) && !cover_readonly("/", fault))
		return false;
	return prepared_has_covers() || cover_paths(setup, "", fault);
}
