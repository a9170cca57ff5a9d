#define _GNU_SOURCE
#include "tar_writer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool write_all(int out, const void *bytes, size_t length)
{
	for (const char *at = bytes; length;) {
		ssize_t written = write(out, at, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		at += written;
		length -= (size_t)written;
	}
	return true;
}

static bool pad(int out, uint64_t size)
{
	static const char zeros[TAR_BLOCK];
	return write_all(out, zeros, (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

/* Octal, ending in NUL; false when it does not fit. */
static bool octal(char *field, size_t width, uint64_t value)
{
	bool fits = value >> (3 * (width - 1)) == 0;
	for (size_t i = width - 1; i-- > 0; value >>= 3)
		field[i] = fits ? (char)('0' + (value & 7)) : '0';
	field[width - 1] = 0;
	return fits;
}

static void seal(struct tar_block *block)
{
	memcpy(block->magic, "ustar", 6);
	memcpy(block->version, "00", 2);
	octal(block->checksum, sizeof block->checksum - 1, tar_checksum(block));
	block->checksum[7] = ' ';
}

struct records {
	char text[9000];
	size_t length;
};

/* "length key=value\n", where the length counts its own digits (pax(1p)). */
static void add_record(struct records *records, const char *key, const char *value)
{
	size_t bare = strlen(key) + strlen(value) + 3, length = bare;
	for (size_t digits = 1, power = 10; digits < 6; digits++, power *= 10)
		if ((length = bare + digits) < power)
			break;
	int written = snprintf(records->text + records->length, sizeof records->text - records->length, "%zu %s=%s\n",
			       length, key, value);
	if (written > 0 && records->length + (size_t)written < sizeof records->text)
		records->length += (size_t)written;
}

static void add_number(struct records *records, const char *key, uint64_t value)
{
	char text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	add_record(records, key, text);
}

static bool write_records(int out, const struct records *records)
{
	struct tar_block block = { .name = "PaxHeaders/entry", .type = 'x' };
	octal(block.mode, sizeof block.mode, 0644);
	octal(block.uid, sizeof block.uid, 0);
	octal(block.gid, sizeof block.gid, 0);
	octal(block.mtime, sizeof block.mtime, 0);
	octal(block.size, sizeof block.size, records->length);
	seal(&block);
	return write_all(out, &block, sizeof block) && write_all(out, records->text, records->length) &&
	       pad(out, records->length);
}

/* A full field needs no NUL. */
static bool fill(char *field, size_t width, const char *text)
{
	size_t length = strlen(text);
	memcpy(field, text, length < width ? length : width);
	return length <= width;
}

bool tar_write_entry(int out, const struct tar_entry *entry)
{
	struct tar_block block = { .type = entry->type };
	static struct records records;
	records.length = 0;
	if (!fill(block.name, sizeof block.name, entry->path))
		add_record(&records, "path", entry->path);
	if (!fill(block.link, sizeof block.link, entry->link))
		add_record(&records, "linkpath", entry->link);
	if (!octal(block.uid, sizeof block.uid, entry->uid))
		add_number(&records, "uid", entry->uid);
	if (!octal(block.gid, sizeof block.gid, entry->gid))
		add_number(&records, "gid", entry->gid);
	if (!octal(block.size, sizeof block.size, entry->size))
		add_number(&records, "size", entry->size);
	octal(block.mode, sizeof block.mode, entry->mode & 07777);
	octal(block.mtime, sizeof block.mtime, entry->mtime > 0 ? (uint64_t)entry->mtime : 0);
	octal(block.major, sizeof block.major, entry->major);
	octal(block.minor, sizeof block.minor, entry->minor);
	seal(&block);
	return (!records.length || write_records(out, &records)) && write_all(out, &block, sizeof block);
}

bool tar_write_file(int out, int file, uint64_t size)
{
	static char buffer[65536];
	for (uint64_t left = size; left;) {
		size_t wanted = left < sizeof buffer ? (size_t)left : sizeof buffer;
		ssize_t length = read(file, buffer, wanted);
		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return false;
		if (length == 0) {
			memset(buffer, 0, sizeof buffer);
			length = (ssize_t)wanted;
		}
		if (!write_all(out, buffer, (size_t)length))
			return false;
		left -= (uint64_t)length;
	}
	return pad(out, size);
}

bool tar_write_end(int out)
{
	static const char zeros[2 * TAR_BLOCK];
	return write_all(out, zeros, sizeof zeros);
}
