#define _GNU_SOURCE
#include "device_rules.h"

#include <stddef.h>
#include <unistd.h>

#include "bpf.h"
#include "cgroup.h"

static int program = -1;

bool device_rules_set(void)
{
	/* The last four instructions refuse and allow; skips are counted to them. */
	static const struct bpf_insn rules[] = {
		LOAD(2, 1, offsetof(struct bpf_cgroup_dev_ctx, access_type)),
		LOAD(3, 1, offsetof(struct bpf_cgroup_dev_ctx, access_type)),
		LOAD(4, 1, offsetof(struct bpf_cgroup_dev_ctx, major)),
		LOAD(5, 1, offsetof(struct bpf_cgroup_dev_ctx, minor)),
		SHIFT_RIGHT(3, 16),
		/* Making a node and nothing else. */
		SKIP_IF(3, BPF_DEVCG_ACC_MKNOD, 15),
		AND(2, 0xffff),
		SKIP_UNLESS(2, BPF_DEVCG_DEV_CHAR, 11),
		/* pts */
		SKIP_IF(4, 136, 12),
		/* null, zero, full, random, urandom */
		SKIP_UNLESS(4, 1, 5),
		SKIP_IF(5, 3, 10),
		SKIP_IF(5, 5, 9),
		SKIP_IF(5, 7, 8),
		SKIP_IF(5, 8, 7),
		SKIP_IF(5, 9, 6),
		/* tty, console, ptmx */
		SKIP_UNLESS(4, 5, 3),
		SKIP_IF(5, 0, 4),
		SKIP_IF(5, 1, 3),
		SKIP_IF(5, 2, 2),
		SET(0, 0),
		EXIT,
		SET(0, 1),
		EXIT,
	};
	int cgroup = cgroup_open();
	program = cgroup < 0 ? -1 : bpf_attach(cgroup, BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE, rules,
					      sizeof rules / sizeof *rules);
	close(cgroup);
	return program >= 0;
}

bool device_rules_lift(void)
{
	int cgroup = cgroup_open();
	bool lifted = program < 0 || bpf_detach(cgroup, program, BPF_CGROUP_DEVICE);
	close(cgroup);
	return lifted;
}
