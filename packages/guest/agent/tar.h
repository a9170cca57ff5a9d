/*
 * The header block of tar: POSIX ustar with pax extensions (pax(1p)), and what GNU tar writes.
 */
#ifndef TAR_H
#define TAR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define TAR_BLOCK 512u

struct tar_block {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
	char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};

/* The sum over the block with the checksum itself as spaces. */
unsigned tar_checksum(const struct tar_block *block);

/* A file as an archive tells of it. */
struct tar_entry {
	char path[4096], link[4096];
	/* '0' file, '1' hard link, '2' symbolic link, '3' and '4' devices, '5' directory, '6' fifo. */
	char type;
	mode_t mode;
	uint64_t uid, gid, size, major, minor;
	int64_t mtime;
};

#endif
