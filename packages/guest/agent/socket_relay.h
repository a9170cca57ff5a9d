/*
 * Unix sockets of the host: the container finds sockets where it wants them, and a process carries each connection to the socket
 * server on the host (socket_protocol.h).
 */
#ifndef SOCKET_RELAY_H
#define SOCKET_RELAY_H

#include "fault.h"
#include "items.h"

/*
 * Listens on PORT_SOCKETS/N for each mount of the setup that names the port `sockets`, and starts the process when there is one.
 * Whoever connects before the server on the host is there waits for it.
 */
bool socket_relay_start(struct view setup, struct fault *fault);

#endif
