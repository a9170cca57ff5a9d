/*
 * The phases of the guest: ready, set up, running, ended.
 */
#ifndef LIFE_H
#define LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "items.h"
#include "stream.h"

/* Makes the waiting container and the main stream. */
bool life_begin(void);

int life_phase(void);

/* The container's program runs, and has not ended. */
bool life_is_running(void);

/* Runs the program again, which has ended with all of its output in the log; answers `request` when it runs. */
void life_again(uint32_t request);

/* The container's root exists: files can be read and written. */
bool life_has_root(void);

/* Requests of the engine; answered when done. The descriptions lie in container_description(). */
void life_prepare(uint32_t request, struct view description);
void life_setup(uint32_t request, struct view setup);
void life_start(uint32_t request);

/* A report of the container's process has come. */
void life_report(void);

/* The items of a stream's or the container's end. */
void life_write_exit(struct writer *writer, const struct stream *stream);

/* The container's process has exited and all of its output is in the log: writes the end, and powers off. */
_Noreturn void life_end(struct stream *main_stream);

/* Ends the container's process, if there is one; then files are written back and the machine powers off. */
void life_shutdown(void);

#endif
