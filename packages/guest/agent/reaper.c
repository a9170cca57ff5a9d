#define _GNU_SOURCE
#include "reaper.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"

static _Noreturn void watch(pid_t child, const sigset_t *signals)
{
	for (;;) {
		siginfo_t info;
		int number = sigwaitinfo(signals, &info);
		if (number > 0 && number != SIGCHLD)
			kill(child, number);
		int status;
		for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
			if (ended == child)
				/* PID 1 can't die of a signal that it sends itself: the code tells it, as a shell's does. */
				_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
	}
}

void reaper_become(const struct process *process, int report)
{
	sigset_t signals;
	sigfillset(&signals);
	/* Faults of our own are not the child's business. */
	static const int own[] = { SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS };
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		sigdelset(&signals, own[i]);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	pid_t child = fork();
	if (child == 0)
		process_become(process, report, true);
	if (child < 0) {
		struct fault fault = { 0 };
		fault_errno(&fault, "fork");
		report_fault(report, &fault);
		_exit(128);
	}
	prctl(PR_SET_NAME, "docker-init");
	close(report);
	watch(child, &signals);
}
