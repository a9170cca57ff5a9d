/*
 * Moves bytes between the streams and the channel or, for the container's own output, the log.
 */
#ifndef STREAM_IO_H
#define STREAM_IO_H

#include "frame.h"
#include "stream.h"

/* True when reading this output now would lead somewhere. */
bool output_is_wanted(const struct stream *stream, int number);
/* Reads once and passes on. */
void output_read(struct stream *stream, int number);
/* The engine has taken all before `offset`. */
void output_taken(struct stream *stream, const struct frame *frame);

/* A `data` frame of the engine. */
void input_receive(struct stream *stream, const struct frame *frame);
/* Writes what waits to the process. */
void input_write(struct stream *stream);

/* No more input for the process; what it has not taken is dropped. */
void input_close(struct stream *stream);

#endif
