/*
 * A process of the container: its own first one, or one that joins it.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fault.h"
#include "items.h"

#define MAX_GROUPS 64
#define MAX_RLIMITS 16

struct process {
	/* Both end in NULL and have been allocated; env has a free place for HOME. Strings lie in the description. */
	char **args, **env;
	size_t env_count;
	const char *cwd, *user;
	const char *groups[MAX_GROUPS];
	size_t group_count;
	/* Bit n: capability n. */
	uint64_t capabilities;
	struct {
		uint64_t resource, soft, hard;
	} rlimits[MAX_RLIMITS];
	size_t rlimit_count;
	bool no_new_privileges;
	int oom_score_adj;
	bool terminal;
	uint16_t rows, columns;
	bool open_stdin;
};

/* The description must outlive the process. What was allocated is freed by exec. */
bool process_parse(struct view description, struct process *process, struct fault *fault);

/*
 * Becomes the process, in the namespaces and root where the caller is: opens the standard streams and reports the agent's
 * ends, then the fault if there is one; that `report` closes without says that the program runs. `console`: also make the
 * terminal /dev/console.
 */
_Noreturn void process_become(const struct process *process, int report, bool console);

#endif
