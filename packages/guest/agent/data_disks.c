#define _GNU_SOURCE
#include "data_disks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "protocol.h"

void data_disks_prepare(void)
{
	char path[32];
	mkdir("/run/disks", 0755);
	for (int i = 0; i < DATA_DISKS; i++)
		if (data_disk_path(i, path, sizeof path))
			mkdir(path, 0755);
}

bool data_disk_path(int index, char *path, size_t size)
{
	return index >= 0 && index < DATA_DISKS && snprintf(path, size, "/run/disks/%d", index) < (int)size;
}

int data_disk_of(struct view mount)
{
	const char *port = item_string(item_find(mount, TAG_MOUNT_PORT));
	const char *number = item_string(item_find(mount, TAG_MOUNT_SOURCE));
	if (!port || strcmp(port, "disk") || !number || strlen(number) != 1)
		return -1;
	int index = *number - '0';
	return index >= 0 && index < DATA_DISKS ? index : -1;
}

bool data_disks_open(struct view setup, struct container_mounts *mounts, struct fault *fault)
{
	struct item item;
	bool broken = false;
	while (item_next(&setup, &item, &broken)) {
		int index = item.tag == TAG_MOUNT ? data_disk_of(item.bytes) : -1;
		if (index < 0 || mounts->data[index] >= 0)
			continue;
		mounts->data[index] = disk_mount(OWN_DISK + 1 + index, fault);
		if (mounts->data[index] < 0)
			return false;
	}
	return true;
}
