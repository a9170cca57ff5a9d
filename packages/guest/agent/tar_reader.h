/*
 * Reads an archive from a descriptor, member by member. Nothing in it is trusted: names are cut at 4095 bytes, extended headers
 * at 1 MiB, sums must be right.
 */
#ifndef TAR_READER_H
#define TAR_READER_H

#include <stddef.h>

#include "fault.h"
#include "tar.h"

/* A good size for `bytes`. */
#define TAR_AT_ONCE 65536u

struct tar_reader {
	int in;
	/* Where it reads to; the reader's user owns it. */
	char *bytes;
	size_t room;
	/* Read and not used yet. */
	size_t start, end;
	/* Of the member's contents, not read yet; then the rest of its last block. */
	uint64_t left, padding;
};

/* 1: a member. 0: the end. -1: the fault is set. What was left of the member before is skipped. */
int tar_read_entry(struct tar_reader *reader, struct tar_entry *entry, struct fault *fault);

/* Copies the member's contents to memory that has room for them. */
bool tar_read_content(struct tar_reader *reader, void *bytes, struct fault *fault);

/* Copies the member's contents to a file. */
bool tar_read_file(struct tar_reader *reader, int file, struct fault *fault);

#endif
