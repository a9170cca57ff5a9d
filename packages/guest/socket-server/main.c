/*
 * Carries connections of a virtual machine's programs to unix sockets of the host. The parent connects, and knows no guest; its child
 * speaks with the guest, and can reach nothing. Says "ready" when it serves, and ends when the other end of the port goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <linux/securebits.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../mount-server/cage.h"
#include "../mount-server/confine.h"
#include "../mount-server/fail.h"
#include "../mount-server/pid_file.h"
#include "../mount-server/successors.h"
#include "broker.h"
#include "relay.h"

static struct {
	const char *socket_path, *pid_file;
	/* Absolute, of the host's sockets. */
	char *const *paths;
	size_t path_count;
} options;

/* Held by the parent as long as the child lives. */
static int pid_fd = -1;
/* Between parent and child. */
static int ends[2];

static _Noreturn void usage(void)
{
	fputs("usage: socket-server --socket PATH --pid-file PATH SOCKET...\n", stderr);
	exit(2);
}

static void read_options(int argc, char **argv)
{
	static const struct option known[] = { { "socket", required_argument, NULL, 's' },
					       { "pid-file", required_argument, NULL, 'f' },
					       { NULL, 0, NULL, 0 } };
	for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
		if (c == 's')
			options.socket_path = optarg;
		else if (c == 'f')
			options.pid_file = optarg;
		else
			usage();
	}
	options.paths = argv + optind;
	options.path_count = (size_t)(argc - optind);
	if (!options.socket_path || !options.pid_file || !options.path_count || options.path_count > MOST_SOCKETS)
		usage();
	for (size_t i = 0; i < options.path_count; i++)
		if (options.paths[i][0] != '/')
			usage();
}

static void note_child(int child)
{
	pid_file_write(pid_fd, child);
}

static void connect_for_child(void)
{
	close(ends[1]);
	broker_serve(ends[0], options.paths, options.path_count);
	close(ends[0]);
}

/* Descriptors that are there are enough: no file, no socket, no user, no capability. */
static void give_up_all(void)
{
	static const int calls[] = {
		SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(recvmsg), SCMP_SYS(poll),
		SCMP_SYS(ppoll), SCMP_SYS(close), SCMP_SYS(shutdown), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(brk),
		SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(getrandom),
		SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigreturn), SCMP_SYS(exit), SCMP_SYS(exit_group),
	};
	const uid_t nobody = 65534;
	must(setresgid(nobody, nobody, nobody), "user");
	must(setresuid(nobody, nobody, nobody), "user");
	confine(&(struct confinement){ .calls = calls, .call_count = sizeof calls / sizeof *calls });
}

static _Noreturn void relay(int port, const struct cage *cage)
{
	/* What it may have open: connections, and a few. */
	struct rlimit files = { .rlim_cur = MOST_CONNECTIONS + 32, .rlim_max = MOST_CONNECTIONS + 32 };
	close(ends[0]);
	close(cage->root);
	close(cage->descriptors);
	must(fcntl(port, F_SETFL, O_NONBLOCK), "port");
	must(setrlimit(RLIMIT_NOFILE, &files), "limits");
	give_up_all();
	cage_ready();
	relay_begin(port, ends[1], (unsigned)options.path_count);
	while (relay_turn(-1))
		;
	_exit(0);
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	syscall(SYS_close_range, 3u, ~0u, 0u);
	signal(SIGPIPE, SIG_IGN);
	pid_fd = pid_file_lock(options.pid_file);
	struct parent parent = become_parent(&(struct options){ .source_count = 0 }, pid_fd, note_child);
	parent.meanwhile = connect_for_child;
	/* A connection is made as another user, by whoever may do everything. */
	must(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP), "privileges");
	must(setgroups(0, NULL), "groups");
	struct successors successors = { 0 };
	do {
		successor_begins(&successors);
		int port = connect_to_port(options.socket_path);
		must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "socketpair");
		struct cage cage;
		if (enter_cage(&parent, port, &cage))
			relay(port, &cage);
	} while (successor_wanted(&successors));
	return 1;
}
