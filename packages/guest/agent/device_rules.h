/*
 * Which devices the container may open: Docker's list. It may make any node, as there, but not open this machine's disk or ports.
 */
#ifndef DEVICE_RULES_H
#define DEVICE_RULES_H

#include <stdbool.h>

/* In the template. */
bool device_rules_set(void);

/* For a privileged container. */
bool device_rules_lift(void);

#endif
