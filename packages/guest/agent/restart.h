/*
 * Restarting the container's program in the machine that runs: asks it to end, kills it when it takes too long, and runs it again.
 */
#ifndef RESTART_H
#define RESTART_H

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"

/* A request of the engine: the signal that asks, and how long it may take. Answered when the program runs again. */
void restart_request(const struct frame *frame);

/* The end of the program leads to another run: the request to be answered then. 0: it does not. */
uint32_t restart_take(void);

/* Milliseconds until `restart_check` has something to do; -1: nothing. */
int restart_patience(int64_t now_ms);
void restart_check(int64_t now_ms);

#endif
