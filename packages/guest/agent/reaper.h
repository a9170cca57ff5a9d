/*
 * `init: true`: PID 1 of the container is a reaper and the process its child, as with docker-init.
 */
#ifndef REAPER_H
#define REAPER_H

#include "process.h"

/* Starts the process, passes signals on to it, reaps every orphan, and ends as the process ends. */
_Noreturn void reaper_become(const struct process *process, int report);

#endif
