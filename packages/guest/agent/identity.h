/*
 * What clones of one template must not share: the state of the random number generator, and the time.
 */
#ifndef IDENTITY_H
#define IDENTITY_H

#include <stdbool.h>

#include "fault.h"
#include "items.h"

/* Before any process of the user runs. */
bool identity_renew(struct view setup, struct fault *fault);

bool clock_set_ns(int64_t nanoseconds);

#endif
