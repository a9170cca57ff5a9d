#define _GNU_SOURCE
#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "process.h"
#include "protocol.h"
#include "reaper.h"
#include "report.h"
#include "rootfs.h"

static struct {
	pid_t pid;
	int pidfd, socket;
} container = { .pidfd = -1, .socket = -1 };




static bool receive_told(int socket, enum report_kind kind, struct report *told)
{
	return report_receive(socket, told) == 1 && told->kind == kind;
}

/* The description lies in a memfd and stays mapped: strings are used where they lie. */
static bool map_description(const struct report *told, struct view *setup)
{
	if (told->fd_count < 1)
		return false;
	void *at = mmap(NULL, (size_t)told->value, PROT_READ, MAP_PRIVATE, told->fds[0], 0);
	close(told->fds[0]);
	*setup = (struct view){ at, (size_t)told->value };
	return at != MAP_FAILED;
}

static _Noreturn void become_process(struct view setup, int socket)
{
	struct fault fault = { 0 };
	struct process process;
	if (!process_parse(item_find(setup, TAG_PROCESS), &process, &fault)) {
		report_fault(socket, &fault);
		_exit(fault.exit_code);
	}
	if (item_number(item_find(setup, TAG_INIT), 0))
		reaper_become(&process, socket);
	process_become(&process, socket, true);
}

/* The mounts come in the order plain, locking; those that are missing are left out, and told->fault.error tells which are there. */
static struct container_mounts mounts_of(const struct report *told)
{
	struct container_mounts mounts = { -1, -1 };
	int next = 1;
	if (told->fault.error & 1 && next < told->fd_count)
		mounts.plain = told->fds[next++];
	if (told->fault.error & 2 && next < told->fd_count)
		mounts.locking = told->fds[next++];
	return mounts;
}

static _Noreturn void live(int socket)
{
	struct report told, ready = { .kind = REPORT_READY };
	struct fault fault = { 0 };
	struct view setup;
	prctl(PR_SET_NAME, "container");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!cgroup_enter() || unshare(CLONE_NEWCGROUP) || !rootfs_prepare(&fault)) {
		fault_errno(&fault, "preparing the container");
		report_fault(socket, &fault);
		_exit(1);
	}
	report_send(socket, &ready);
	if (!receive_told(socket, TELL_SETUP, &told) || !map_description(&told, &setup))
		_exit(1);
	if (!rootfs_build(setup, mounts_of(&told), &fault)) {
		report_fault(socket, &fault);
		_exit(1);
	}
	report_send(socket, &ready);
	if (!receive_told(socket, TELL_START, &told))
		_exit(1);
	become_process(setup, socket);
}

bool container_create(void)
{
	int socket;
	if (!report_pair(&container.socket, &socket))
		return false;
	unsigned long namespaces = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC;
	container.pid = (pid_t)syscall(SYS_clone, namespaces | SIGCHLD, NULL, NULL, NULL, 0);
	if (container.pid == 0) {
		close(container.socket);
		live(socket);
	}
	close(socket);
	if (container.pid < 0)
		return false;
	container.pidfd = (int)syscall(SYS_pidfd_open, container.pid, 0);
	struct report report;
	if (container.pidfd < 0 || report_receive(container.socket, &report) != 1 || report.kind != REPORT_READY)
		return false;
	return fcntl(container.socket, F_SETFL, O_NONBLOCK) == 0;
}

pid_t container_pid(void)
{
	return container.pid;
}

int container_socket(void)
{
	return container.socket;
}

void container_close_socket(void)
{
	close(container.socket);
	container.socket = -1;
}

static int description_file(struct view setup)
{
	int file = memfd_create("setup", MFD_CLOEXEC);
	if (file < 0)
		return -1;
	for (size_t done = 0; done < setup.length;) {
		ssize_t written = write(file, setup.at + done, setup.length - done);
		if (written <= 0) {
			close(file);
			return -1;
		}
		done += (size_t)written;
	}
	return file;
}

bool container_setup(struct view setup, struct container_mounts mounts)
{
	struct report told = { .kind = TELL_SETUP, .value = (int)setup.length };
	told.fds[told.fd_count++] = description_file(setup);
	if (mounts.plain >= 0) {
		told.fds[told.fd_count++] = mounts.plain;
		told.fault.error |= 1;
	}
	if (mounts.locking >= 0) {
		told.fds[told.fd_count++] = mounts.locking;
		told.fault.error |= 2;
	}
	bool sent = told.fds[0] >= 0 && report_send(container.socket, &told);
	for (int i = 0; i < told.fd_count; i++)
		if (told.fds[i] >= 0)
			close(told.fds[i]);
	return sent;
}

bool container_start(void)
{
	struct report told = { .kind = TELL_START };
	return report_send(container.socket, &told);
}

bool container_join(bool mounts_only)
{
	int namespaces = CLONE_NEWNS;
	if (!mounts_only)
		namespaces |= CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP;
	return setns(container.pidfd, namespaces) == 0;
}
