#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answers.h"
#include "operations.h"

#define MOST_LISTED 32768

void op_opendir(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file)
{
	/* Plain: the kernel need not ask again, and keeps listings. */
	if (server_of(request)->options->profile == PROFILE_PLAIN)
		fuse_reply_err(request, ENOSYS);
	else if (inode_of(request, id))
		fuse_reply_open(request, file);
}

/* An answer to READDIR or READDIRPLUS as it fills. */
struct listing {
	fuse_req_t request;
	struct inode *directory;
	bool plus;
	size_t size, used;
	char bytes[MOST_LISTED];
};

static size_t add(struct listing *listing, const struct dirent64 *found, const struct fuse_entry_param *entry)
{
	char *at = listing->bytes + listing->used;
	size_t room = listing->size - listing->used;
	if (listing->plus)
		return fuse_add_direntry_plus(listing->request, at, room, found->d_name, entry, found->d_off);
	return fuse_add_direntry(listing->request, at, room, found->d_name, &entry->attr, found->d_off);
}

/* False when it does not fit any more. */
static bool list(struct listing *listing, const struct dirent64 *found)
{
	struct server *server = server_of(listing->request);
	/* An entry with `ino` 0 is listed but not looked up. */
	struct fuse_entry_param entry = { .attr = { .st_ino = found->d_ino, .st_mode = DTTOIF(found->d_type) } };
	size_t needed = listing->plus ? fuse_add_direntry_plus(listing->request, NULL, 0, found->d_name, NULL, 0)
				      : fuse_add_direntry(listing->request, NULL, 0, found->d_name, NULL, 0);
	if (needed > listing->size - listing->used)
		return false;
	/* Gone between the listing and now: the lookup that follows says so. */
	if (listing->plus && is_name(found->d_name))
		look_up(server, listing->directory, found->d_name, &entry);
	listing->used += add(listing, found, &entry);
	return true;
}

static void read_directory(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset, bool plus)
{
	struct inode *directory = inode_of(request, id);
	if (!directory)
		return;
	int fd = open_directory(server_of(request), directory);
	if (fd < 0) {
		fuse_reply_err(request, -fd);
		return;
	}
	/* Static for its size; there is one thread. */
	static struct listing listing;
	listing.request = request;
	listing.directory = directory;
	listing.plus = plus;
	listing.size = size < MOST_LISTED ? size : MOST_LISTED;
	listing.used = 0;
	if (lseek(fd, offset, SEEK_SET) < 0) {
		fuse_reply_err(request, errno);
		return;
	}
	for (;;) {
		_Alignas(struct dirent64) char found[4096];
		ssize_t length = getdents64(fd, found, sizeof found);
		if (length < 0 && listing.used == 0) {
			fuse_reply_err(request, errno);
			return;
		}
		if (length <= 0)
			break;
		const struct dirent64 *entry;
		for (char *at = found; at < found + length; at += entry->d_reclen) {
			entry = (const void *)at;
			if (!list(&listing, entry)) {
				fuse_reply_buf(request, listing.bytes, listing.used);
				return;
			}
		}
	}
	fuse_reply_buf(request, listing.bytes, listing.used);
}

void op_readdir(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset, struct fuse_file_info *file)
{
	(void)file;
	read_directory(request, id, size, offset, false);
}

void op_readdirplus(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset, struct fuse_file_info *file)
{
	(void)file;
	read_directory(request, id, size, offset, true);
}

void op_fsyncdir(fuse_req_t request, fuse_ino_t id, int datasync, struct fuse_file_info *file)
{
	(void)datasync, (void)file;
	struct inode *directory = inode_of(request, id);
	if (!directory)
		return;
	int fd = open_directory(server_of(request), directory);
	fuse_reply_err(request, fd < 0 ? -fd : fsync(fd) ? errno : 0);
}
