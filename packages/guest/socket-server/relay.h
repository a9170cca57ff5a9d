/*
 * The host's end of the relayed sockets of one machine (agent/socket_protocol.h). What comes from the guest is judged before it
 * counts: what makes no sense ends the relay.
 */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>

/* Says hello on the port, a connected non-blocking socket by which nothing else has been sent. There is one relay in a process. */
void relay_begin(int port, int broker, unsigned sockets);

/* Waits for something to do, `most_ms` at most (-1: as long as it takes), and does it. False when the guest is gone. */
bool relay_turn(int most_ms);

#endif
