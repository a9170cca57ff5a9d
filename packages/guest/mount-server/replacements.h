/*
 * New files in the place of sources, which come from the parent (followed_names.h): the guest's inode of such a source becomes the new
 * file, wherever it is mounted.
 */
#ifndef REPLACEMENTS_H
#define REPLACEMENTS_H

#include <stdint.h>

struct inode;
struct server;

struct replacements {
	/* From the parent; -1 without. */
	int channel;
	/* By source: the file that is in its place (O_PATH), -1 where that is still the first; the guest's id of it, 0 not known. */
	int *files;
	uint64_t *entries;
};

/* The parent's part. */
void replacement_send(int channel, uint32_t source, int file);

/* Takes the channel over, -1 for none. Ends the process without memory. */
void replacements_init(struct server *server, int channel);

/* What is in the place of a source, or -1. */
int replacement_of(const struct server *server, uint32_t source);

/* The guest knows the source by this inode. */
void replacement_known_as(struct server *server, const struct inode *inode);

/* Takes what has come. */
void replacements_take(struct server *server);

#endif
