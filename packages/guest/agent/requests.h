/*
 * What the engine asks: each frame to the part that does it.
 */
#ifndef REQUESTS_H
#define REQUESTS_H

#include <stdint.h>

#include "fault.h"
#include "frame.h"

void request_handle(const struct frame *frame);

/* An `error` frame for the request of that number. */
void request_refuse(uint32_t stream, const struct fault *fault);

#endif
