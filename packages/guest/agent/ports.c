#define _GNU_SOURCE
#include "ports.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "text_file.h"

#define CLASS "/sys/class/virtio-ports"

static int find(const char *wanted, int flags)
{
	DIR *class = opendir(CLASS);
	int port = -1;
	errno = ENOENT;
	for (struct dirent *entry; class && port < 0 && (entry = readdir(class));) {
		char path[sizeof CLASS + sizeof entry->d_name + 8], name[64];
		snprintf(path, sizeof path, CLASS "/%s/name", entry->d_name);
		if (!text_file_read(path, name, sizeof name))
			continue;
		name[strcspn(name, "\n")] = 0;
		if (strcmp(name, wanted))
			continue;
		snprintf(path, sizeof path, "/dev/%s", entry->d_name);
		port = open(path, O_RDWR | O_CLOEXEC | flags);
	}
	int error = errno;
	if (class)
		closedir(class);
	errno = error;
	return port;
}

int port_open(const char *name, int flags, int patience_ms)
{
	for (int waited = 0;; waited++) {
		int port = find(name, flags);
		if (port >= 0 || waited >= patience_ms)
			return port;
		/* Ports appear one by one after the driver has bound the device. */
		usleep(1000);
	}
}
