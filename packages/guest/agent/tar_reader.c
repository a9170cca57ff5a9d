#define _GNU_SOURCE
#include "tar_reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_EXTENDED (1u << 20)

/* Something of the archive in reader->bytes. False at the end of the stream or, with the fault set, on an error. */
static bool fill(struct tar_reader *reader, struct fault *fault)
{
	while (reader->start == reader->end) {
		ssize_t size = read(reader->in, reader->bytes, reader->room);
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return fault_errno(fault, "reading the archive");
		if (size == 0)
			return fault_set(fault, 128, 0, "the archive ends amid a member");
		reader->start = 0;
		reader->end = (size_t)size;
	}
	return true;
}

/* As much as there is, at most `length`; 0 with the fault set. */
static size_t take(struct tar_reader *reader, char **at, uint64_t length, struct fault *fault)
{
	if (!fill(reader, fault))
		return 0;
	size_t size = reader->end - reader->start;
	if (size > length)
		size = (size_t)length;
	*at = reader->bytes + reader->start;
	reader->start += size;
	return size;
}

static bool read_all(struct tar_reader *reader, void *bytes, size_t length, struct fault *fault)
{
	char *from;
	for (char *at = bytes; length;) {
		size_t size = take(reader, &from, length, fault);
		if (!size)
			return false;
		memcpy(at, from, size);
		at += size;
		length -= size;
	}
	return true;
}

static bool skip(struct tar_reader *reader, struct fault *fault)
{
	char *from;
	uint64_t left = reader->left + reader->padding;
	while (left) {
		size_t size = take(reader, &from, left, fault);
		if (!size)
			return false;
		left -= size;
	}
	reader->left = reader->padding = 0;
	return true;
}

/* Octal, or GNU's base 256 where the first bit is set. */
static uint64_t number(const char *field, size_t width)
{
	uint64_t value = 0;
	if (field[0] & 0x80) {
		for (size_t i = width > 8 ? width - 8 : 1; i < width; i++)
			value = value << 8 | (unsigned char)field[i];
		return value;
	}
	for (size_t i = 0; i < width; i++) {
		if (field[i] >= '0' && field[i] <= '7')
			value = value << 3 | (uint64_t)(field[i] - '0');
		else if (field[i] != ' ' || value)
			break;
	}
	return value;
}

static void copy_text(char *to, size_t size, const char *from, size_t length)
{
	size_t used = strnlen(from, length < size ? length : size - 1);
	memcpy(to, from, used);
	to[used] = 0;
}

static void take_block(const struct tar_block *block, struct tar_entry *entry)
{
	size_t used = 0;
	if (!memcmp(block->magic, "ustar", 6) && block->prefix[0])
		used = (size_t)snprintf(entry->path, sizeof entry->path, "%.155s/", block->prefix);
	copy_text(entry->path + used, sizeof entry->path - used, block->name, sizeof block->name);
	copy_text(entry->link, sizeof entry->link, block->link, sizeof block->link);
	entry->type = block->type ? block->type : '0';
	entry->mode = (mode_t)number(block->mode, sizeof block->mode);
	entry->uid = number(block->uid, sizeof block->uid);
	entry->gid = number(block->gid, sizeof block->gid);
	entry->size = number(block->size, sizeof block->size);
	entry->mtime = (int64_t)number(block->mtime, sizeof block->mtime);
	entry->major = number(block->major, sizeof block->major);
	entry->minor = number(block->minor, sizeof block->minor);
}

/* What the members before told of the next one. */
struct override {
	char *path, *link, *uid, *gid, *size, *mtime;
};

static void replace(char **old, const char *value, size_t length)
{
	free(*old);
	*old = strndup(value, length);
}

static void forget(struct override *override)
{
	char **all[] = { &override->path, &override->link, &override->uid, &override->gid, &override->size,
			 &override->mtime };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		free(*all[i]);
		*all[i] = NULL;
	}
}

static void take_records(char *text, size_t length, struct override *override)
{
	const struct {
		const char *key;
		char **value;
	} known[] = { { "path", &override->path }, { "linkpath", &override->link }, { "uid", &override->uid },
		      { "gid", &override->gid },   { "size", &override->size },	    { "mtime", &override->mtime } };
	while (length) {
		char *key;
		unsigned long size = strtoul(text, &key, 10);
		if (size < 5 || size > length || *key != ' ' || text[size - 1] != '\n')
			return;
		key++;
		char *equals = memchr(key, '=', (size_t)(text + size - key));
		for (size_t i = 0; equals && i < sizeof known / sizeof *known; i++)
			if ((size_t)(equals - key) == strlen(known[i].key) && !strncmp(key, known[i].key, (size_t)(equals - key)))
				replace(known[i].value, equals + 1, (size_t)(text + size - 1 - (equals + 1)));
		text += size;
		length -= size;
	}
}

static bool take_extended(struct tar_reader *reader, char type, struct override *override, struct fault *fault)
{
	size_t length = (size_t)reader->left;
	if (reader->left > MAX_EXTENDED)
		return fault_set(fault, 128, 0, "an extended header of the archive is too long");
	char *text = calloc(1, length + 1);
	bool done = text && read_all(reader, text, length, fault);
	reader->left = 0;
	if (done && type == 'x')
		take_records(text, length, override);
	else if (done && type == 'L')
		replace(&override->path, text, length);
	else if (done && type == 'K')
		replace(&override->link, text, length);
	free(text);
	return done && skip(reader, fault);
}

static void apply(const struct override *override, struct tar_entry *entry)
{
	if (override->path)
		copy_text(entry->path, sizeof entry->path, override->path, sizeof entry->path);
	if (override->link)
		copy_text(entry->link, sizeof entry->link, override->link, sizeof entry->link);
	if (override->uid)
		entry->uid = strtoull(override->uid, NULL, 10);
	if (override->gid)
		entry->gid = strtoull(override->gid, NULL, 10);
	if (override->size)
		entry->size = strtoull(override->size, NULL, 10);
	if (override->mtime)
		entry->mtime = strtoll(override->mtime, NULL, 10);
}

int tar_read_entry(struct tar_reader *reader, struct tar_entry *entry, struct fault *fault)
{
	static const struct tar_block zeros;
	struct override override = { 0 };
	struct tar_block block;
	int found = -1;
	while (skip(reader, fault) && read_all(reader, &block, sizeof block, fault)) {
		if (!memcmp(&block, &zeros, sizeof block)) {
			found = 0;
			break;
		}
		if (number(block.checksum, sizeof block.checksum) != tar_checksum(&block)) {
			fault_set(fault, 128, 0, "the archive is damaged");
			break;
		}
		take_block(&block, entry);
		bool extended = strchr("xgLK", entry->type) != NULL;
		if (!extended)
			apply(&override, entry);
		/* Links, directories and devices have no contents, whatever the header says. */
		if (strchr("123456", entry->type))
			entry->size = 0;
		if (entry->size > INT64_MAX) {
			fault_set(fault, 128, 0, "a member of the archive has no possible size");
			break;
		}
		reader->left = entry->size;
		reader->padding = (TAR_BLOCK - entry->size % TAR_BLOCK) % TAR_BLOCK;
		if (!extended) {
			found = 1;
			break;
		}
		if (!take_extended(reader, entry->type, &override, fault))
			break;
	}
	forget(&override);
	return found;
}

bool tar_read_content(struct tar_reader *reader, void *bytes, struct fault *fault)
{
	size_t length = (size_t)reader->left;
	reader->left = 0;
	return read_all(reader, bytes, length, fault);
}

bool tar_read_file(struct tar_reader *reader, int file, struct fault *fault)
{
	char *from;
	while (reader->left) {
		size_t piece = take(reader, &from, reader->left, fault);
		if (!piece)
			return false;
		for (size_t done = 0; done < piece;) {
			ssize_t written = write(file, from + done, piece - done);
			if (written < 0 && errno != EINTR)
				return fault_errno(fault, "writing");
			done += written > 0 ? (size_t)written : 0;
		}
		reader->left -= piece;
	}
	return true;
}
