/*
 * The machine's interfaces. They are the container's too: the VM is its network namespace.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>

#include "fault.h"
#include "items.h"

/* In the template: loopback and the first card up, without addresses, not even a link-local one that clones would share. */
bool network_prepare(void);

/* Addresses, routes and MACs of the setup; cards that it does not name are set down. */
bool network_configure(struct view setup, struct fault *fault);

/* Takes the addresses away again, and the routes with them. */
bool network_forget(struct view setup, struct fault *fault);

#endif
