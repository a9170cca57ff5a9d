/*
 * A server that dies has a successor, unless the next ones die as soon as they begin.
 */
#ifndef SUCCESSORS_H
#define SUCCESSORS_H

#include <stdbool.h>
#include <stdint.h>

struct successors {
	int64_t began_ms;
	int quick_deaths;
};

/* One begins. */
void successor_begins(struct successors *successors);
/* It was killed: says so, and whether another shall take its place. */
bool successor_wanted(struct successors *successors);

/* Connects to the machine's end of the port, a unix socket. Ends the process when that does not listen. */
int connect_to_port(const char *path);

#endif
