/*
 * For tests: what the guest does, on this machine. Mounts the port in a mount namespace of its own (look at it through
 * /proc/PID/root), listens where QEMU would, and pumps until the mount server goes or standard input ends.
 *
 * usage: pump-here MOUNTPOINT SOCKET DROP_CACHES PROCESSES
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../agent/fuse_pump.h"

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	strncpy(address.sun_path, argv[2], sizeof address.sun_path - 1);
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1))
		return fail(argv[2]);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return fail("namespace");
	puts("listening");
	fflush(stdout);
	int port = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (port < 0)
		return fail("accept");
	pid_t pump = fuse_pump_start(&(struct fuse_pump){
		.mountpoint = argv[1], .port = port, .drop_caches = argv[3], .processes = argv[4] });
	if (pump < 0)
		return fail("fuse_pump_start");
	close(port);
	printf("mounted %d\n", pump);
	fflush(stdout);
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	struct pollfd ends[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				 { .fd = signalfd(-1, &child, SFD_CLOEXEC), .events = POLLIN } };
	int status = 0;
	while (waitpid(pump, &status, WNOHANG) == 0) {
		poll(ends, 2, 100);
		if (!ends[0].revents && ends[0].fd >= 0)
			continue;
		ends[0].fd = -1;
		kill(pump, SIGKILL);
		/* A request of its own that it has carried waits for the answer even in a killed thread. */
		umount2(argv[1], MNT_FORCE);
	}
	umount2(argv[1], MNT_DETACH);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}
