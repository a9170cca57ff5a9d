#define _GNU_SOURCE
#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "again.h"
#include "cgroup.h"
#include "prepared.h"
#include "process.h"
#include "protocol.h"
#include "reaper.h"
#include "report.h"
#include "rootfs.h"

static struct {
	pid_t pid;
	int pidfd, socket;
	/* Shared with the container's process, which reads it between being told and answering, and again when it starts. */
	uint8_t *description;
	size_t setup_length;
	/* For joining the mounts while no process of it lives, and for the next run. */
	struct namespaces namespaces;
} container = { .pidfd = -1, .socket = -1 };

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

/* Which mounts come along, in the order disk, plain, locking, data, is told in the fault's place. */
enum { HAS_PLAIN = 1, HAS_LOCKING = 2, HAS_DATA = 4 };

static struct container_mounts mounts_of(const struct report *told)
{
	struct container_mounts mounts = NO_MOUNTS;
	int next = 0;
	if (next < told->fd_count)
		mounts.disk = told->fds[next++];
	if (told->fault.error & HAS_PLAIN && next < told->fd_count)
		mounts.plain = told->fds[next++];
	if (told->fault.error & HAS_LOCKING && next < told->fd_count)
		mounts.locking = told->fds[next++];
	for (int i = 0; i < DATA_DISKS; i++)
		if (told->fault.error & HAS_DATA << i && next < told->fd_count)
			mounts.data[i] = told->fds[next++];
	return mounts;
}

static void answer(int socket, bool done, const struct fault *fault)
{
	struct report ready = { .kind = REPORT_READY };
	if (done && report_send(socket, &ready))
		return;
	report_fault(socket, fault);
	_exit(1);
}

static _Noreturn void live(int socket)
{
	struct report told;
	struct fault fault = { 0 };
	struct view setup = { container.description, 0 };
	prctl(PR_SET_NAME, "container");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	bool ready = cgroup_enter() && !unshare(CLONE_NEWCGROUP) && rootfs_prepare();
	if (!ready)
		fault_errno(&fault, "preparing the container");
	answer(socket, ready, &fault);
	while (report_receive(socket, &told) == 1) {
		struct view said = { container.description, (size_t)told.value };
		if (told.kind == TELL_PREPARE) {
			answer(socket, prepared_build(said, &fault), &fault);
		} else if (told.kind == TELL_SETUP) {
			setup = said;
			answer(socket, rootfs_build(setup, mounts_of(&told), &fault), &fault);
		} else if (told.kind == TELL_START && setup.length) {
			become_process(setup, socket);
		}
	}
	_exit(1);
}

/* The process is the first of a PID namespace of its own; it runs `body` with its end of a new container_socket(). */
static bool spawn(unsigned long namespaces, void (*body)(int socket))
{
	int socket;
	if (!report_pair(&container.socket, &socket))
		return false;
	container.pid = (pid_t)syscall(SYS_clone, namespaces | CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, 0);
	if (container.pid == 0) {
		close(container.socket);
		body(socket);
	}
	close(socket);
	if (container.pid < 0)
		return false;
	if (container.pidfd >= 0)
		close(container.pidfd);
	container.pidfd = (int)syscall(SYS_pidfd_open, container.pid, 0);
	return container.pidfd >= 0;
}

bool container_create(void)
{
	container.description = mmap(NULL, MAX_DESCRIPTION, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct report report;
	if (container.description == MAP_FAILED || !spawn(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC, live) ||
	    report_receive(container.socket, &report) != 1 || report.kind != REPORT_READY)
		return false;
	return namespaces_open(&container.namespaces, container.pid) &&
	       fcntl(container.socket, F_SETFL, O_NONBLOCK) == 0;
}

static _Noreturn void live_again(int socket)
{
	struct fault fault = { 0 };
	struct view setup = { container.description, container.setup_length };
	prctl(PR_SET_NAME, "container");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!again_enter(&container.namespaces, setup, &fault)) {
		report_fault(socket, &fault);
		_exit(fault.exit_code);
	}
	become_process(setup, socket);
}

bool container_start_again(void)
{
	return spawn(0, live_again) && fcntl(container.socket, F_SETFL, O_NONBLOCK) == 0;
}

void container_let_go(void)
{
	namespaces_close(&container.namespaces);
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

uint8_t *container_description(void)
{
	return container.description;
}

bool container_prepare(size_t length)
{
	struct report told = { .kind = TELL_PREPARE, .value = (int)length };
	return report_send(container.socket, &told);
}

bool container_setup(size_t length, struct container_mounts mounts)
{
	struct report told = { .kind = TELL_SETUP, .value = (int)length, .fd_count = 1, .fds = { mounts.disk } };
	if (mounts.plain >= 0) {
		told.fds[told.fd_count++] = mounts.plain;
		told.fault.error |= HAS_PLAIN;
	}
	if (mounts.locking >= 0) {
		told.fds[told.fd_count++] = mounts.locking;
		told.fault.error |= HAS_LOCKING;
	}
	for (int i = 0; i < DATA_DISKS; i++) {
		if (mounts.data[i] < 0)
			continue;
		told.fds[told.fd_count++] = mounts.data[i];
		told.fault.error |= HAS_DATA << i;
	}
	container.setup_length = length;
	bool sent = report_send(container.socket, &told);
	for (int i = 0; i < told.fd_count; i++)
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
	if (mounts_only)
		return setns(container.namespaces.mounts, CLONE_NEWNS) == 0;
	int namespaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP;
	return setns(container.pidfd, namespaces) == 0;
}
