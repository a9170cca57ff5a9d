/*
 * Answers the FUSE requests of one mount port of a virtual machine, in a child that lives in a cage. Says "ready" when it
 * does, and ends when the other end of the socket goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "cage.h"
#include "fail.h"
#include "options.h"
#include "privileges.h"
#include "session.h"

/* Held by the parent as long as the child lives. */
static int pid_fd = -1;

static void lock_pid_file(const char *path)
{
	pid_fd = must(open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), "%s", path);
	must(flock(pid_fd, LOCK_EX | LOCK_NB), "another mount server holds %s", path);
}

/* Field 22 of /proc/PID/stat, counted from behind the name, which may hold anything. */
static void read_start_time(int pid, char *time, size_t size)
{
	char path[32], text[1024];
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	int fd = must(open(path, O_RDONLY | O_CLOEXEC), "%s", path);
	ssize_t length = must(read(fd, text, sizeof text - 1), "%s", path);
	close(fd);
	text[length] = '\0';
	char *field = strrchr(text, ')');
	for (int i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	if (!field)
		fail("%s", path);
	snprintf(time, size, "%.*s", (int)strcspn(field + 1, " "), field + 1);
}

/* Called in the parent: only there has the child the number by which others know it. */
static void write_pid(int child)
{
	char time[32], own_time[32], text[128];
	read_start_time(child, time, sizeof time);
	read_start_time(getpid(), own_time, sizeof own_time);
	int length = snprintf(text, sizeof text, "%d %s\n%d %s\n", child, time, getpid(), own_time);
	/* At once, for whoever reads it when another takes a child's place. */
	must(pwrite(pid_fd, text, (size_t)length, 0), "pid file");
	must(ftruncate(pid_fd, length), "pid file");
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		fail("%s", path);
	}
	strcpy(address.sun_path, path);
	int fd = must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	must(connect(fd, (struct sockaddr *)&address, sizeof address), "%s", path);
	return fd;
}

static int64_t now_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* A request that kills whoever reads it comes again each time: so often in a row, and not more. */
#define MOST_QUICK_DEATHS 5
#define QUICK_MS 1000

int main(int argc, char **argv)
{
	struct options options = parse_options(argc, argv);
	syscall(SYS_close_range, 3u, ~0u, 0u);
	lock_pid_file(options.pid_file);
	struct parent parent = become_parent(&options, pid_fd, write_pid);
	struct ledger *ledger = ledger_new();
	umask(0);
	for (int quick = 0; quick < MOST_QUICK_DEATHS;) {
		int64_t begin = now_ms();
		int socket = connect_to(options.socket_path);
		struct cage cage;
		if (enter_cage(&parent, socket, &cage)) {
			struct server *server = open_session(&options, socket, cage.root, cage.descriptors, ledger);
			drop_privileges();
			cage_ready();
			serve(server);
		}
		fputs("mount-server: the server was killed; another takes its place\n", stderr);
		quick = now_ms() - begin < QUICK_MS ? quick + 1 : 0;
	}
	return 1;
}
