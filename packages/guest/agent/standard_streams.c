#define _GNU_SOURCE
#include "standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

static int null_device = -1;

bool streams_init(void)
{
	null_device = open("/dev/null", O_RDWR | O_CLOEXEC);
	return null_device >= 0;
}

/* `from` has been opened with O_CLOEXEC; its copy at `to` stays open. */
static bool put(int from, int to, struct fault *fault)
{
	return dup2(from, to) == to ? true : fault_errno(fault, "dup2");
}

static bool open_pipes(const struct process *process, int report, struct fault *fault)
{
	int out[2], err[2], in[2] = { null_device, -1 };
	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC) || (process->open_stdin && pipe2(in, O_CLOEXEC)))
		return fault_errno(fault, "pipe");
	struct report stdio = { .kind = REPORT_STDIO, .fd_count = process->open_stdin ? 3 : 2,
				.fds = { out[0], err[0], in[1] } };
	if (!report_send(report, &stdio))
		return fault_errno(fault, "handing on the pipes");
	close(out[0]);
	close(err[0]);
	if (process->open_stdin)
		close(in[1]);
	return put(in[0], 0, fault) && put(out[1], 1, fault) && put(err[1], 2, fault);
}

static bool bind_console(int terminal, struct fault *fault)
{
	char path[64];
	int number;
	if (ioctl(terminal, TIOCGPTN, &number))
		return fault_errno(fault, "asking the terminal's number");
	snprintf(path, sizeof path, "/dev/pts/%d", number);
	if (mknod("/dev/console", S_IFREG | 0666, 0) && errno != EEXIST)
		return fault_errno(fault, "making /dev/console");
	if (mount(path, "/dev/console", NULL, MS_BIND, NULL))
		return fault_errno(fault, "mounting the console");
	return true;
}

static bool open_terminal(const struct process *process, const struct user *user, int report, bool console,
			  struct fault *fault)
{
	int master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	int locked = 0;
	if (master < 0 || ioctl(master, TIOCSPTLCK, &locked))
		return fault_errno(fault, "opening a terminal");
	int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct winsize size = { .ws_row = process->rows, .ws_col = process->columns };
	if (slave < 0 || fchown(slave, user->uid, (gid_t)-1) || ioctl(slave, TIOCSWINSZ, &size))
		return fault_errno(fault, "opening a terminal");
	if (console && !bind_console(master, fault))
		return false;
	struct report stdio = { .kind = REPORT_STDIO, .value = 1, .fd_count = 1, .fds = { master } };
	if (!report_send(report, &stdio))
		return fault_errno(fault, "handing on the terminal");
	close(master);
	if (ioctl(slave, TIOCSCTTY, 0))
		return fault_errno(fault, "taking the terminal");
	return put(slave, 0, fault) && put(slave, 1, fault) && put(slave, 2, fault);
}

bool streams_open(const struct process *process, const struct user *user, int report, bool console,
		  struct fault *fault)
{
	/* Fails only for who leads a session already. */
	setsid();
	return process->terminal ? open_terminal(process, user, report, console, fault) :
				   open_pipes(process, report, fault);
}
