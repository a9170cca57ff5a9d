#include "privileges.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <seccomp.h>

#include "confine.h"

#define BIT(capability) (1u << (capability))

/* By what they serve: frames, files, names, attributes, host events, the C library. */
static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(write), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(openat), SCMP_SYS(close), SCMP_SYS(pread64), SCMP_SYS(pwritev2), SCMP_SYS(lseek), SCMP_SYS(fsync),
	SCMP_SYS(fdatasync), SCMP_SYS(flock), SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(copy_file_range), SCMP_SYS(getdents64),
	SCMP_SYS(mkdirat), SCMP_SYS(mknodat), SCMP_SYS(symlinkat), SCMP_SYS(linkat), SCMP_SYS(unlinkat),
	SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(readlinkat),
	SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(fstatfs), SCMP_SYS(fchownat), SCMP_SYS(fchmodat),
	SCMP_SYS(utimensat), SCMP_SYS(getxattr), SCMP_SYS(setxattr), SCMP_SYS(listxattr), SCMP_SYS(removexattr),
	SCMP_SYS(fchdir), SCMP_SYS(inotify_add_watch), SCMP_SYS(inotify_rm_watch),
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
	SCMP_SYS(clock_gettime), SCMP_SYS(getrandom), SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(tgkill), SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* Locks, and nothing else that fcntl can do. */
static const int fcntl_commands[] = { F_OFD_SETLK, F_OFD_GETLK };

void drop_privileges(void)
{
	confine(&(struct confinement){
		.capabilities = BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_FSETID),
		.calls = allowed,
		.call_count = sizeof allowed / sizeof *allowed,
		.fcntl_commands = fcntl_commands,
		.fcntl_count = sizeof fcntl_commands / sizeof *fcntl_commands,
	});
}
