#define _GNU_SOURCE
#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "data_disks.h"
#include "in_root.h"
#include "protocol.h"

bool mount_root_open(struct mount_root *root, const char *path, struct fault *fault)
{
	root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root->fd >= 0 ? true : fault_errno(fault, "opening the root");
}

static int open_in_root(const struct mount_root *root, const char *path, uint64_t flags)
{
	return open_inside(root->fd, path, flags);
}

int mount_root_resolve(const struct mount_root *root, const char *path)
{
	return open_in_root(root, path, O_PATH);
}

/* The directory, made part by part: each step starts at the root again, so that no link can lead out between two of them. */
int mount_root_directory(const struct mount_root *root, const char *path)
{
	char part[4096];
	int found = open_in_root(root, path, O_PATH);
	if (found >= 0 || errno != ENOENT || strlen(path) >= sizeof part)
		return found;
	size_t length = strlen(strcpy(part, path));
	while (length > 1 && part[length - 1] == '/')
		part[--length] = 0;
	char *slash = strrchr(part, '/');
	if (!slash)
		return -1;
	const char *name = slash + 1;
	*slash = 0;
	int parent = mount_root_directory(root, *part ? part : "/");
	if (parent < 0)
		return -1;
	int made = mkdirat(parent, name, 0755);
	int error = errno;
	close(parent);
	if (made && error != EEXIST) {
		errno = error;
		return -1;
	}
	return open_in_root(root, path, O_PATH);
}

/* The same for a file that something will be bound over. */
static int make_file(const struct mount_root *root, const char *path)
{
	char parent_path[4096];
	int found = open_in_root(root, path, O_PATH);
	const char *slash = strrchr(path, '/');
	if (found >= 0 || errno != ENOENT || !slash || strlen(path) >= sizeof parent_path)
		return found;
	snprintf(parent_path, sizeof parent_path, "%.*s", (int)(slash - path), path);
	int parent = mount_root_directory(root, *parent_path ? parent_path : "/");
	if (parent < 0)
		return -1;
	/* A link that leads to nothing is replaced: nothing can be bound over it. */
	struct stat link;
	if (!fstatat(parent, slash + 1, &link, AT_SYMLINK_NOFOLLOW) && S_ISLNK(link.st_mode))
		unlinkat(parent, slash + 1, 0);
	int made = openat(parent, slash + 1, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0644);
	close(parent);
	if (made < 0)
		return -1;
	close(made);
	return open_in_root(root, path, O_PATH);
}

static bool bind_onto(const char *source, int target, struct fault *fault, const char *name)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", target);
	return mount(source, path, NULL, MS_BIND, NULL) == 0 ? true : fault_errno(fault, "mounting %s", name);
}

bool mount_bind(struct mount_root *root, const char *source, const char *target, unsigned long flags,
		struct fault *fault)
{
	struct stat kind;
	if (stat(source, &kind))
		return fault_errno(fault, "mounting %s", target);
	int onto = S_ISDIR(kind.st_mode) ? mount_root_directory(root, target) : make_file(root, target);
	if (onto < 0)
		return fault_errno(fault, "making the mount point %s", target);
	bool bound = bind_onto(source, onto, fault, target);
	close(onto);
	if (!bound || !(flags & MS_RDONLY))
		return bound;
	/* The descriptor is of what lies below; the mount itself is reached by its path again. */
	int mounted = mount_root_resolve(root, target);
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", mounted);
	if (mounted < 0 || mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NODEV | MS_NOATIME, NULL))
		bound = fault_errno(fault, "making %s read-only", target);
	if (mounted >= 0)
		close(mounted);
	return bound;
}

static bool mount_filesystem(struct mount_root *root, struct view item, const char *target, struct fault *fault)
{
	const char *type = item_string(item_find(item, TAG_MOUNT_TYPE));
	const char *source = item_string(item_find(item, TAG_MOUNT_SOURCE));
	const char *data = item_string(item_find(item, TAG_MOUNT_DATA));
	unsigned long flags = (unsigned long)item_number(item_find(item, TAG_MOUNT_FLAGS), 0);
	static const char *const allowed[] = { "proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup2", "ramfs" };
	if (!type || !source || !data)
		return fault_set(fault, 128, EINVAL, "the mount of %s makes no sense", target);
	if (!strcmp(type, "cgroup"))
		type = "cgroup2";
	bool known = false;
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		known |= !strcmp(type, allowed[i]);
	if (!known)
		return fault_set(fault, 128, ENODEV, "mounting %s: file system type %s is not supported", target, type);
	int onto = mount_root_directory(root, target);
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", onto);
	bool mounted = onto >= 0 && mount(source, path, type, flags, data) == 0;
	if (!mounted)
		fault_errno(fault, "mounting %s (%s)", target, type);
	if (onto >= 0)
		close(onto);
	return mounted;
}

static const char *directory_of(const char *port)
{
	if (!strcmp(port, "sockets"))
		return PORT_SOCKETS;
	return !strcmp(port, "locking") ? PORT_LOCKING : PORT_PLAIN;
}

/* What lies at `path` in the directory, links in which lead nowhere outside of it. */
static bool mount_part(struct mount_root *root, const char *directory, const char *path, const char *target,
		       unsigned long flags, struct fault *fault)
{
	struct mount_root whole;
	char source[64];
	if (!path || !*path)
		return mount_bind(root, directory, target, flags, fault);
	if (!mount_root_open(&whole, directory, fault))
		return false;
	int part = mount_root_resolve(&whole, path);
	snprintf(source, sizeof source, "/proc/self/fd/%d", part);
	bool bound = part >= 0 ? mount_bind(root, source, target, flags, fault) :
				 fault_errno(fault, "mounting %s of a volume", path);
	close(part);
	close(whole.fd);
	return bound;
}

bool mount_item(struct mount_root *root, struct view item, struct fault *fault)
{
	const char *target = item_string(item_find(item, TAG_MOUNT_TARGET));
	const char *port = item_string(item_find(item, TAG_MOUNT_PORT));
	if (!target || *target != '/')
		return fault_set(fault, 128, EINVAL, "a mount makes no sense");
	if (!port)
		return mount_filesystem(root, item, target, fault);
	const char *entry = item_string(item_find(item, TAG_MOUNT_SOURCE));
	unsigned long flags = (unsigned long)item_number(item_find(item, TAG_MOUNT_FLAGS), 0);
	char source[64];
	if (!entry || strspn(entry, "0123456789") != strlen(entry) || !*entry)
		return fault_set(fault, 128, EINVAL, "the mount of %s makes no sense", target);
	if (data_disk_path(data_disk_of(item), source, sizeof source))
		return mount_part(root, source, item_string(item_find(item, TAG_MOUNT_DATA)), target, flags, fault);
	snprintf(source, sizeof source, "%s/%s", directory_of(port), entry);
	return mount_bind(root, source, target, flags, fault);
}
