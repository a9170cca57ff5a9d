/*
 * How the agent's children tell it how they get on: one packet a word, with descriptors where needed.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>

#include "fault.h"

enum report_kind {
	/* The child that will run the program, in `value`: said by the process that made it. */
	REPORT_PID = 1,
	/* The agent's ends of the standard streams: with a terminal its master, else output, errors and, if wanted, input. */
	REPORT_STDIO,
	/* A file operation has begun; the container has been set up. */
	REPORT_READY,
	REPORT_FAULT,
	/* The other way: the agent to the process that waits to become the container. */
	TELL_PREPARE,
	TELL_SETUP,
	TELL_START,
};

#define REPORT_MAX_FDS 7

struct report {
	enum report_kind kind;
	int value;
	struct fault fault;
	int fd_count;
	/* Whoever receives a report owns them; whoever sends one keeps its own. */
	int fds[REPORT_MAX_FDS];
};

/* A connected pair, both ends closed by exec. False with errno. */
bool report_pair(int *mine, int *theirs);

bool report_send(int socket, const struct report *report);
void report_fault(int socket, const struct fault *fault);

/* 1: a report. 0: nothing there yet (on a non-blocking socket). -1: the other end is closed. */
int report_receive(int socket, struct report *report);

#endif
