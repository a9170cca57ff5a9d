#ifndef CONFINE_H
#define CONFINE_H

#include <stddef.h>
#include <stdint.h>

struct confinement {
	/* Bit n: capability n; all that are kept are below 32. */
	uint32_t capabilities;
	/* System calls, as libseccomp numbers them, and the commands of fcntl(2). */
	const int *calls;
	size_t call_count;
	const int *fcntl_commands;
	size_t fcntl_count;
};

/* Gives up everything else for ever, and with it memory that can be executed. Ends the process when it can't. */
void confine(const struct confinement *confinement);

#endif
