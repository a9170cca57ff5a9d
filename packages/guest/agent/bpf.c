#define _GNU_SOURCE
#include "bpf.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int call(enum bpf_cmd command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

int bpf_attach(int cgroup, enum bpf_prog_type type, enum bpf_attach_type where, const struct bpf_insn *program,
	       size_t count)
{
	static const char license[] = "GPL";
	union bpf_attr load, attach;
	memset(&load, 0, sizeof load);
	load.prog_type = type;
	load.expected_attach_type = where;
	load.insns = (uint64_t)(uintptr_t)program;
	load.insn_cnt = (uint32_t)count;
	load.license = (uint64_t)(uintptr_t)license;
	int fd = call(BPF_PROG_LOAD, &load);
	if (fd < 0)
		return -1;
	memset(&attach, 0, sizeof attach);
	attach.target_fd = (uint32_t)cgroup;
	attach.attach_bpf_fd = (uint32_t)fd;
	attach.attach_type = where;
	attach.attach_flags = BPF_F_ALLOW_MULTI;
	if (call(BPF_PROG_ATTACH, &attach)) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

bool bpf_detach(int cgroup, int program, enum bpf_attach_type where)
{
	union bpf_attr detach;
	memset(&detach, 0, sizeof detach);
	detach.target_fd = (uint32_t)cgroup;
	detach.attach_bpf_fd = (uint32_t)program;
	detach.attach_type = where;
	return call(BPF_PROG_DETACH, &detach) == 0;
}
