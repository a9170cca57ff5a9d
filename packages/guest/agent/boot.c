#define _GNU_SOURCE
#include "boot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "data_disks.h"
#include "fault.h"
#include "text_file.h"

static void make_mount(const char *type, const char *target, unsigned long flags, const char *data)
{
	mkdir(target, 0755);
	if (mount(type, target, type, flags, data) && errno != EBUSY)
		complain("mounting %s: %m", target);
}

void boot_mounts(void)
{
	/* The initramfs itself can't be a root that pivot_root leaves: a tmpfs on it can. */
	make_mount("tmpfs", "/run", 0, "mode=755");
	if (chdir("/run") || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		complain("moving to a tmpfs: %m");
	mkdir("/run", 0755);
	mkdir("/run/etc", 0755);
	mkdir("/run/plain", 0755);
	mkdir("/run/locking", 0755);
	data_disks_prepare();
	mkdir("/run/sockets", 0755);
	mkdir("/root", 0755);
	make_mount("devtmpfs", "/dev", MS_NOSUID, NULL);
	make_mount("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	make_mount("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	make_mount("cgroup2", "/sys/fs/cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return alphasort(a, b);
}

static int is_module(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

void boot_modules(void)
{
	struct dirent **modules;
	int count = scandir("/modules", &modules, is_module, by_name);
	for (int i = 0; i < count; i++) {
		char path[300];
		snprintf(path, sizeof path, "/modules/%s", modules[i]->d_name);
		int file = open(path, O_RDONLY | O_CLOEXEC);
		if (file < 0 || (syscall(SYS_finit_module, file, "", 0) && errno != EEXIST))
			complain("module %s: %m", path);
		close(file);
		/* In memory it is of no more use. */
		unlink(path);
		free(modules[i]);
	}
	if (count >= 0)
		free(modules);
}

/*
 * What has been used and freed again. The kernel hands out its small fragments, which are just those pages, before it breaks a
 * large free block. Touching all of the memory would cost the template's file page tables and time for nothing.
 */
#define ZEROED_BYTES (96ul << 20)

void boot_clean_memory(void)
{
	if (!text_file_write("/proc/sys/vm/drop_caches", "3"))
		complain("dropping caches: %m");
	text_file_write("/proc/sys/vm/compact_memory", "1");
	void *memory = mmap(NULL, ZEROED_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return;
	madvise(memory, ZEROED_BYTES, MADV_NOHUGEPAGE);
	madvise(memory, ZEROED_BYTES, MADV_POPULATE_WRITE);
	munmap(memory, ZEROED_BYTES);
}
