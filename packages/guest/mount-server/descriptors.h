/*
 * O_PATH descriptors of the files that the guest knows. As many as the process may well have are kept open, the ones used last;
 * the others are opened again by the name at which the guest last got them, when they are still the same files. A name that the
 * guest itself takes away leaves its file open.
 */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

struct inode;

struct descriptors {
	/* By last use; being here means `fd` is open. Pinned ones are elsewhere. */
	struct inode *oldest, *newest;
	size_t count, pinned, most;
};

void descriptors_init(struct descriptors *descriptors);

/* Takes `fd` over. */
void descriptor_adopt(struct inode *inode, int fd);

/*
 * The descriptor, for the moment: good until some hundred others have been asked for. -1 with errno where the file is not to be found
 * again (ESTALE).
 */
int inode_fd(const struct inode *inode);

/* The file is about to lose the name at which it could be found. */
void descriptor_pin(struct inode *inode);

/*
 * A file that has the inode's number was found and opened: true when it is the inode's, which takes `fd` over when it needs one.
 * Numbers of files that are not kept open are used again.
 */
bool descriptor_found(struct inode *inode, int fd);

void descriptor_close(struct inode *inode);

#endif
