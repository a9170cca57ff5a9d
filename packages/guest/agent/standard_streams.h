/*
 * A process's stdin, stdout and stderr: pipes, or a terminal of the container's own devpts.
 */
#ifndef STANDARD_STREAMS_H
#define STANDARD_STREAMS_H

#include "process.h"
#include "users.h"

/*
 * Puts them at 0, 1 and 2 and reports the agent's ends. Starts a session. `console`: binds the terminal onto /dev/console.
 */
bool streams_open(const struct process *process, const struct user *user, int report, bool console,
		  struct fault *fault);

/* Opens /dev/null for later, when another root may have none. */
bool streams_init(void);

#endif
