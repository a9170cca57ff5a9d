/*
 * The FUSE requests, as libfuse's low-level API names them. The guest kernel has checked permissions (default_permissions);
 * here only what a lying guest could misuse is checked.
 */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "server.h"

/* operations_look.c */
void op_lookup(fuse_req_t request, fuse_ino_t parent, const char *name);
void op_forget(fuse_req_t request, fuse_ino_t id, uint64_t count);
void op_forget_multi(fuse_req_t request, size_t count, struct fuse_forget_data *forgets);
void op_getattr(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file);
void op_readlink(fuse_req_t request, fuse_ino_t id);
void op_statfs(fuse_req_t request, fuse_ino_t id);

/* operations_directory.c */
void op_opendir(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file);
void op_readdir(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset, struct fuse_file_info *file);
void op_readdirplus(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset, struct fuse_file_info *file);
void op_fsyncdir(fuse_req_t request, fuse_ino_t id, int datasync, struct fuse_file_info *file);

/* operations_data.c */
void op_open(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file);
void op_read(fuse_req_t request, fuse_ino_t id, size_t size, off_t offset, struct fuse_file_info *file);
void op_write(fuse_req_t request, fuse_ino_t id, const char *data, size_t size, off_t offset,
	      struct fuse_file_info *file);
void op_fsync(fuse_req_t request, fuse_ino_t id, int datasync, struct fuse_file_info *file);
void op_fallocate(fuse_req_t request, fuse_ino_t id, int mode, off_t offset, off_t length,
		  struct fuse_file_info *file);
void op_lseek(fuse_req_t request, fuse_ino_t id, off_t offset, int whence, struct fuse_file_info *file);
void op_copy_file_range(fuse_req_t request, fuse_ino_t from, off_t from_offset, struct fuse_file_info *from_file,
			fuse_ino_t to, off_t to_offset, struct fuse_file_info *to_file, size_t length, int flags);

/* operations_locks.c */
void op_getlk(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file, struct flock *range);
void op_setlk(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file, struct flock *range, int waits);
void op_flock(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file, int operation);
void op_flush(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file);
void op_release(fuse_req_t request, fuse_ino_t id, struct fuse_file_info *file);

/* operations_attributes.c */
void op_setattr(fuse_req_t request, fuse_ino_t id, struct stat *wanted, int which, struct fuse_file_info *file);

/* operations_names.c */
void op_mknod(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode, dev_t device);
void op_mkdir(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode);
void op_symlink(fuse_req_t request, const char *target, fuse_ino_t parent, const char *name);
void op_link(fuse_req_t request, fuse_ino_t id, fuse_ino_t parent, const char *name);
void op_unlink(fuse_req_t request, fuse_ino_t parent, const char *name);
void op_rmdir(fuse_req_t request, fuse_ino_t parent, const char *name);
void op_rename(fuse_req_t request, fuse_ino_t parent, const char *name, fuse_ino_t new_parent, const char *new_name,
	       unsigned int flags);

/* operations_xattr.c */
void op_setxattr(fuse_req_t request, fuse_ino_t id, const char *name, const char *value, size_t size, int flags);
void op_getxattr(fuse_req_t request, fuse_ino_t id, const char *name, size_t size);
void op_listxattr(fuse_req_t request, fuse_ino_t id, size_t size);
void op_removexattr(fuse_req_t request, fuse_ino_t id, const char *name);

#endif
