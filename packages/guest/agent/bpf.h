/*
 * Small programs for the kernel, written out by hand, that watch over the container's cgroup.
 */
#ifndef BPF_H
#define BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

/* Instructions, by the names of Documentation/bpf/instruction-set.rst. Registers: 0 result, 1 context. */
#define LOAD(to, from, offset) \
	(struct bpf_insn){ .code = BPF_LDX | BPF_W | BPF_MEM, .dst_reg = to, .src_reg = from, .off = offset }
#define STORE(to, offset, from) \
	(struct bpf_insn){ .code = BPF_STX | BPF_W | BPF_MEM, .dst_reg = to, .src_reg = from, .off = offset }
#define SET(to, value) (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = to, .imm = value }
#define AND(to, value) (struct bpf_insn){ .code = BPF_ALU64 | BPF_AND | BPF_K, .dst_reg = to, .imm = value }
#define SHIFT_RIGHT(to, bits) (struct bpf_insn){ .code = BPF_ALU64 | BPF_RSH | BPF_K, .dst_reg = to, .imm = bits }
/* Both skip `count` instructions. */
#define SKIP_IF(a, value, count) \
	(struct bpf_insn){ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = a, .off = count, .imm = value }
#define SKIP_UNLESS(a, value, count) \
	(struct bpf_insn){ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = a, .off = count, .imm = value }
#define EXIT (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT }

/* Loads the program and attaches it to the cgroup, which keeps it. Gives its descriptor, which only a detach needs, or -1 with errno. */
int bpf_attach(int cgroup, enum bpf_prog_type type, enum bpf_attach_type where, const struct bpf_insn *program,
	       size_t count);
bool bpf_detach(int cgroup, int program, enum bpf_attach_type where);

#endif
