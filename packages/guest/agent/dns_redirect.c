#define _GNU_SOURCE
#include "dns_redirect.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <unistd.h>

#include "bpf.h"
#include "cgroup.h"

/* Rewrites the port of 127.0.0.11 in the address that a socket call is about. */
static bool rewrite(int cgroup, enum bpf_attach_type where, int from, int to)
{
	const struct bpf_insn program[] = {
		LOAD(2, 1, offsetof(struct bpf_sock_addr, user_ip4)),
		SKIP_UNLESS(2, (int)htonl(DNS_RELAY_ADDRESS), 4),
		LOAD(2, 1, offsetof(struct bpf_sock_addr, user_port)),
		SKIP_UNLESS(2, htons((uint16_t)from), 2),
		SET(2, htons((uint16_t)to)),
		STORE(1, offsetof(struct bpf_sock_addr, user_port), 2),
		SET(0, 1),
		EXIT,
	};
	int fd = bpf_attach(cgroup, BPF_PROG_TYPE_CGROUP_SOCK_ADDR, where, program, sizeof program / sizeof *program);
	close(fd);
	return fd >= 0;
}

bool dns_redirect_set(void)
{
	int cgroup = cgroup_open();
	bool set = cgroup >= 0 && rewrite(cgroup, BPF_CGROUP_INET4_CONNECT, 53, DNS_RELAY_PORT) &&
		   rewrite(cgroup, BPF_CGROUP_UDP4_SENDMSG, 53, DNS_RELAY_PORT) &&
		   rewrite(cgroup, BPF_CGROUP_UDP4_RECVMSG, DNS_RELAY_PORT, 53) &&
		   rewrite(cgroup, BPF_CGROUP_INET4_GETPEERNAME, DNS_RELAY_PORT, 53);
	close(cgroup);
	return set;
}
