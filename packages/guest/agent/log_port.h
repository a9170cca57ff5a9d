/*
 * The port `log`, behind which QEMU writes a file: records of the container's output and, last, of its end. Never blocks; while
 * the port takes nothing, neither does the log, so that the process waits and nothing is lost.
 */
#ifndef LOG_PORT_H
#define LOG_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

/* Owns the descriptor. */
void log_init(int port);

/* Everything given so far is in the port: a further record is welcome. Tries to write what is left. */
bool log_flush(void);

/* Room for the next record's data, to be filled in place; only when log_flush has said true. */
struct room log_room(void);
void log_write(uint8_t kind, size_t length);

void log_exit(uint8_t code, bool oom_killed);

#endif
