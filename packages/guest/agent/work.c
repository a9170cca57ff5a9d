#define _GNU_SOURCE
#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
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

/*
 * Between the agent and its child there are as few changes as can be, which are what costs time under emulation. What can be written
 * to a pipe again as soon as a page of it has been read would be written page by page; a socket waits until most of it is free.
 */
static bool join_ends(const struct work *work, int *mine, int *theirs)
{
	int ends[2], room = STREAM_WINDOW;
	if (work->takes_input ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) : pipe2(ends, O_CLOEXEC))
		return false;
	*theirs = ends[!work->takes_input];
	*mine = ends[work->takes_input];
	if (work->takes_input)
		setsockopt(*mine, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	else
		fcntl(*mine, F_SETPIPE_SZ, room);
	return true;
}

bool work_start(struct stream *stream, const struct work *work, struct view request, struct fault *fault)
{
	int report, mine, theirs;
	if (!report_pair(&stream->report, &report))
		return fault_errno(fault, "socketpair");
	if (!join_ends(work, &mine, &theirs)) {
		close(report);
		return fault_errno(fault, "pipe");
	}
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
