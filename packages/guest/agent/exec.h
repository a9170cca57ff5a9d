/*
 * Further processes in the container.
 */
#ifndef EXEC_H
#define EXEC_H

#include "stream.h"

/* Starts a process as described; its reports tell how it gets on. */
bool exec_start(struct stream *stream, struct view description, struct fault *fault);

#endif
