#define _GNU_SOURCE
#include "exec.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "container.h"
#include "process.h"
#include "report.h"

/*
 * Joining a PID namespace holds only for children. So this child joins and makes another, as its sibling: the agent stays the
 * parent that waits for it.
 */
static _Noreturn void join(const struct process *process, int report)
{
	struct fault fault = { 0 };
	if (!cgroup_enter() || !container_join(false)) {
		fault_errno(&fault, "joining the container");
		report_fault(report, &fault);
		_exit(1);
	}
	/* It waits until its number is told, so that the agent never learns of an end before it knows whose. */
	int told[2];
	char none;
	pid_t pid = pipe2(told, O_CLOEXEC) ? -1 : (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, 0);
	if (pid == 0) {
		close(told[1]);
		while (read(told[0], &none, 1) < 0 && errno == EINTR)
			;
		process_become(process, report, false);
	}
	if (pid < 0) {
		fault_errno(&fault, "fork");
		report_fault(report, &fault);
		_exit(1);
	}
	struct report made = { .kind = REPORT_PID, .value = pid };
	_exit(!report_send(report, &made));
}

bool exec_start(struct stream *stream, struct view description, struct fault *fault)
{
	int report;
	if (!report_pair(&stream->report, &report))
		return fault_errno(fault, "socketpair");
	pid_t pid = fork();
	if (pid == 0) {
		struct process process;
		if (process_parse(description, &process, fault))
			join(&process, report);
		report_fault(report, fault);
		_exit(1);
	}
	close(report);
	if (pid < 0)
		return fault_errno(fault, "fork");
	fcntl(stream->report, F_SETFL, O_NONBLOCK);
	return true;
}
