#include "shape.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../agent/mount_protocol.h"

/* What follows the header: a fixed part, then names (each ended by NUL), then bytes counted in the fixed part. */
struct form {
	bool known;
	unsigned char fixed, names;
};

/* A kernel before 7.36 sends four words; a newer one sets FUSE_INIT_EXT and sends the whole struct. */
#define OLD_INIT_SIZE 16

#define FORM(fixed_size, name_count) { .known = true, .fixed = (fixed_size), .names = (name_count) }

static const struct form forms[] = {
	[FUSE_LOOKUP] = FORM(0, 1),
	[FUSE_FORGET] = FORM(sizeof(struct fuse_forget_in), 0),
	[FUSE_GETATTR] = FORM(sizeof(struct fuse_getattr_in), 0),
	[FUSE_SETATTR] = FORM(sizeof(struct fuse_setattr_in), 0),
	[FUSE_READLINK] = FORM(0, 0),
	[FUSE_SYMLINK] = FORM(0, 2),
	[FUSE_MKNOD] = FORM(sizeof(struct fuse_mknod_in), 1),
	[FUSE_MKDIR] = FORM(sizeof(struct fuse_mkdir_in), 1),
	[FUSE_UNLINK] = FORM(0, 1),
	[FUSE_RMDIR] = FORM(0, 1),
	[FUSE_RENAME] = FORM(sizeof(struct fuse_rename_in), 2),
	[FUSE_LINK] = FORM(sizeof(struct fuse_link_in), 1),
	[FUSE_OPEN] = FORM(sizeof(struct fuse_open_in), 0),
	[FUSE_READ] = FORM(sizeof(struct fuse_read_in), 0),
	[FUSE_WRITE] = FORM(sizeof(struct fuse_write_in), 0),
	[FUSE_STATFS] = FORM(0, 0),
	[FUSE_RELEASE] = FORM(sizeof(struct fuse_release_in), 0),
	[FUSE_FLUSH] = FORM(sizeof(struct fuse_flush_in), 0),
	[FUSE_GETLK] = FORM(sizeof(struct fuse_lk_in), 0),
	[FUSE_SETLK] = FORM(sizeof(struct fuse_lk_in), 0),
	[FUSE_SETLKW] = FORM(sizeof(struct fuse_lk_in), 0),
	[FUSE_FSYNC] = FORM(sizeof(struct fuse_fsync_in), 0),
	[FUSE_SETXATTR] = FORM(FUSE_COMPAT_SETXATTR_IN_SIZE, 1),
	[FUSE_GETXATTR] = FORM(sizeof(struct fuse_getxattr_in), 1),
	[FUSE_LISTXATTR] = FORM(sizeof(struct fuse_getxattr_in), 0),
	[FUSE_REMOVEXATTR] = FORM(0, 1),
	[FUSE_INIT] = FORM(OLD_INIT_SIZE, 0),
	[FUSE_OPENDIR] = FORM(sizeof(struct fuse_open_in), 0),
	[FUSE_READDIR] = FORM(sizeof(struct fuse_read_in), 0),
	[FUSE_RELEASEDIR] = FORM(sizeof(struct fuse_release_in), 0),
	[FUSE_FSYNCDIR] = FORM(sizeof(struct fuse_fsync_in), 0),
	[FUSE_DESTROY] = FORM(0, 0),
	[FUSE_BATCH_FORGET] = FORM(sizeof(struct fuse_batch_forget_in), 0),
	[FUSE_FALLOCATE] = FORM(sizeof(struct fuse_fallocate_in), 0),
	[FUSE_READDIRPLUS] = FORM(sizeof(struct fuse_read_in), 0),
	[FUSE_RENAME2] = FORM(sizeof(struct fuse_rename2_in), 2),
	[FUSE_LSEEK] = FORM(sizeof(struct fuse_lseek_in), 0),
	[FUSE_COPY_FILE_RANGE] = FORM(sizeof(struct fuse_copy_file_range_in), 0),
};

/* The bytes behind the names that the fixed part counts; they must be exactly the rest of the frame. */
static uint64_t counted_bytes(uint32_t opcode, const char *fixed)
{
	if (opcode == FUSE_WRITE) {
		struct fuse_write_in in;
		memcpy(&in, fixed, sizeof in);
		return in.size;
	}
	if (opcode == FUSE_SETXATTR) {
		uint32_t size;
		memcpy(&size, fixed, sizeof size);
		return size;
	}
	if (opcode == FUSE_BATCH_FORGET) {
		struct fuse_batch_forget_in in;
		memcpy(&in, fixed, sizeof in);
		return (uint64_t)in.count * sizeof(struct fuse_forget_one);
	}
	return 0;
}

static enum shape judge(uint32_t opcode, const char *argument, size_t length)
{
	const struct form *form = &forms[opcode];
	bool too_long = false;
	if (length < form->fixed)
		return SHAPE_BAD;
	const char *at = argument + form->fixed, *end = argument + length;
	for (int i = 0; i < form->names; i++) {
		const char *nul = memchr(at, '\0', (size_t)(end - at));
		if (!nul || nul == at)
			return SHAPE_BAD;
		/* A symlink's second string is its target, which may be a whole path. */
		size_t longest = opcode == FUSE_SYMLINK && i == 1 ? PATH_MAX : NAME_MAX;
		too_long |= (size_t)(nul - at) > longest;
		at = nul + 1;
	}
	if (opcode == FUSE_INIT) {
		struct fuse_init_in in;
		memcpy(&in, argument, OLD_INIT_SIZE);
		return length == (in.flags & FUSE_INIT_EXT ? sizeof in : OLD_INIT_SIZE) ? SHAPE_GOOD : SHAPE_BAD;
	}
	if ((uint64_t)(end - at) != counted_bytes(opcode, argument))
		return SHAPE_BAD;
	return too_long ? SHAPE_LONG_NAME : SHAPE_GOOD;
}

enum shape shape_of_request(const void *frame, size_t length)
{
	struct fuse_in_header head;
	memcpy(&head, frame, sizeof head);
	/* Only who waits for a lock can be interrupted; libfuse would remember each of the others for ever. */
	if (head.opcode == FUSE_INTERRUPT)
		return length == sizeof head + sizeof(struct fuse_interrupt_in) ? SHAPE_INTERRUPT : SHAPE_IGNORED;
	if (head.opcode >= sizeof forms / sizeof *forms || !forms[head.opcode].known)
		return SHAPE_UNKNOWN;
	enum shape shape = judge(head.opcode, (const char *)frame + sizeof head, length - sizeof head);
	bool unanswered = head.opcode == FUSE_FORGET || head.opcode == FUSE_BATCH_FORGET;
	return shape == SHAPE_BAD && unanswered ? SHAPE_IGNORED : shape;
}
