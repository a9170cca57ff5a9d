#define _GNU_SOURCE
#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container.h"
#include "in_root.h"
#include "report.h"

void work_begun(int report)
{
	struct report ready = { .kind = REPORT_READY };
	report_send(report, &ready);
}

static _Noreturn void run(const struct work *work, struct view request, int report)
{
	struct fault fault = { 0 };
	prctl(PR_SET_NAME, "agent-files");
	bool done = (work->outside || (in_root_init() && container_join(true))) ? work->run(request, report, &fault) :
							       fault_errno(&fault, "joining the container");
	if (!done)
		report_fault(report, &fault);
	_exit(!done);
}

bool work_start(struct stream *stream, const struct work *work, struct view request, struct fault *fault)
{
	int report, ends[2];
	if (!report_pair(&stream->report, &report))
		return fault_errno(fault, "socketpair");
	if (pipe2(ends, O_CLOEXEC)) {
		close(report);
		return fault_errno(fault, "pipe");
	}
	/* The child's end is the reading one where it takes input. */
	int theirs = ends[!work->takes_input], mine = ends[work->takes_input];
	/* Fewer changes between the two, which are what costs time under emulation. */
	fcntl(mine, F_SETPIPE_SZ, (int)STREAM_WINDOW);
	pid_t pid = stream->pid = fork();
	if (pid == 0) {
		dup2(theirs, work->takes_input ? 0 : 1);
		close(theirs);
		close(mine);
		run(work, request, report);
	}
	close(report);
	close(theirs);
	if (work->takes_input)
		stream->input.fd = mine;
	else
		stream->output[0].fd = mine;
	if (pid < 0)
		return fault_errno(fault, "fork");
	fcntl(mine, F_SETFL, O_NONBLOCK);
	fcntl(stream->report, F_SETFL, O_NONBLOCK);
	return true;
}

void work_end_all(void)
{
	for (struct stream *stream = NULL; (stream = stream_next(stream));) {
		if (stream->kind != STREAM_WORK || stream->pid <= 0 || stream->exited)
			continue;
		kill(stream->pid, SIGKILL);
		waitpid(stream->pid, NULL, 0);
	}
}
