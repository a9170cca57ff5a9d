/*
 * Reads an archive from stdin and gives it to the tar reader many times, each time with other bytes wrong: it ends, and stays inside
 * its memory.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../tar_reader.h"
#include "fuzz.h"

static char archive[1 << 20];
static struct tar_entry entry;

/* Sums made right again for some, else nearly every change ends at the sum. */
static void repair(char *at, size_t length)
{
	for (size_t i = 0; i + TAR_BLOCK <= length; i += TAR_BLOCK) {
		struct tar_block *block = (struct tar_block *)(at + i);
		if (memcmp(block->magic, "ustar", 5) || fuzz_random(4) == 0)
			continue;
		snprintf(block->checksum, sizeof block->checksum, "%06o", tar_checksum(block));
	}
}

static unsigned read_all(int in)
{
	static struct tar_reader reader;
	static char bytes[TAR_AT_ONCE];
	reader = (struct tar_reader){ .in = in, .bytes = bytes, .room = sizeof bytes };
	struct fault fault = { 0 };
	unsigned members = 0;
	int found, nowhere = memfd_create("nowhere", 0);
	while ((found = tar_read_entry(&reader, &entry, &fault)) == 1) {
		EXPECT(memchr(entry.path, 0, sizeof entry.path) && memchr(entry.link, 0, sizeof entry.link));
		if (entry.type == '0' && !tar_read_file(&reader, nowhere, &fault))
			break;
		members++;
	}
	EXPECT(found == 0 || fault.exit_code != 0);
	close(nowhere);
	return members;
}

int main(void)
{
	static char copy[sizeof archive];
	size_t length = 0;
	for (ssize_t size; (size = read(0, archive + length, sizeof archive - length)) > 0;)
		length += (size_t)size;
	for (unsigned i = 0; i < 2000; i++) {
		memcpy(copy, archive, length);
		for (unsigned n = i ? 1 + fuzz_random(8) : 0; n > 0; n--)
			copy[fuzz_random((uint32_t)length)] = (char)fuzz_random(256);
		if (i)
			repair(copy, length);
		int file = memfd_create("archive", 0);
		EXPECT(write(file, copy, length) == (ssize_t)length && lseek(file, 0, SEEK_SET) == 0);
		unsigned members = read_all(file);
		EXPECT(i > 0 || members == 5);
		close(file);
	}
	return 0;
}
