/*
 * Why something could not be done, in words for the user. Travels between the agent's processes as it is.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

struct fault {
	/* Of Linux; 0 when no system call failed. */
	int error;
	/* What `docker run` ends with: 126 not executable, 127 not found, 128 anything else. 0 means: no fault. */
	int exit_code;
	char text[480];
};

/* Each sets the fault and returns false, so that a failing function ends with `return fault_…`. */
bool fault_set(struct fault *fault, int exit_code, int error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* "<what the format says>: <words of errno>", exit code 128. */
bool fault_errno(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line for the kernel's log, where a person who debugs the guest looks. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
