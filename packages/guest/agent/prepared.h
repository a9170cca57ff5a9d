/*
 * Mounts made while the template was: most containers want the same /proc, /dev and /sys, and making them anew would cost each
 * start tens of milliseconds under emulation. Only what a setup describes byte for byte as it was prepared is used.
 */
#ifndef PREPARED_H
#define PREPARED_H

#include <stdbool.h>

#include "fault.h"
#include "items.h"
#include "mounts.h"

/* Builds the trees that the description's mounts and covered paths make up. Keeps a copy of it. */
bool prepared_build(struct view description, struct fault *fault);

/* Moves the trees that the setup wants just so into the root. */
bool prepared_attach(struct view setup, struct mount_root *root, struct fault *fault);

/* After that: what need not be done any more. */
bool prepared_has(struct view mount);
bool prepared_has_devices(void);
bool prepared_has_covers(void);

#endif
