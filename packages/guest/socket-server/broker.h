/*
 * Who speaks with the guest reaches no socket by itself: it asks its parent for a connection, which knows the paths.
 */
#ifndef BROKER_H
#define BROKER_H

#include <stddef.h>

#include "../agent/socket_protocol.h"

/*
 * In the parent: answers requests until the other end closes. Each time the path is followed anew, so a program that has made
 * its socket again is found. It sees the guest's user and group as those of its peer.
 */
void broker_serve(int channel, char *const *paths, size_t count);

/* In the child: a connected, non-blocking descriptor, or -errno. Ends the process when the parent is gone. */
int broker_connect(int channel, const struct relay_open *wanted);

#endif
