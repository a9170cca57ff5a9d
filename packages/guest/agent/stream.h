/*
 * What runs and has standard streams, each under the engine's number: the container's process, execs, and the children that read
 * and write files.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fault.h"
#include "items.h"
#include "protocol.h"
#include "report.h"
#include "window.h"

enum stream_kind { STREAM_MAIN, STREAM_EXEC, STREAM_WORK };

struct stream {
	uint32_t id;
	enum stream_kind kind;
	pid_t pid;
	/* Reports of the child until it is settled whether it runs; of a file operation to its end. -1: none. */
	int report;
	bool started, exited;
	/* 0 … 255, once exited. */
	int code;
	/* Why a file operation broke amid its work; exit_code 0: it did not. */
	struct fault fault;
	bool terminal;
	/* stdout and stderr; fd is -1 when there is none, or no more. */
	struct output {
		int fd;
		/* Bytes given to the engine, and those that it has taken. */
		uint64_t sent, taken;
	} output[2];
	/* stdin, and what the engine has sent that the process has not taken yet. */
	struct input {
		int fd;
		struct window window;
		bool ends;
	} input;
	/* Its engine has gone: input has ended, output is dropped, the exit code is kept. */
	bool orphaned;
	/* When to stop waiting for the end of the output of a process that has exited, CLOCK_MONOTONIC; 0: not yet. */
	int64_t give_up_ms;
};

#define MAX_STREAMS 128

/* The stream of that number, or NULL. */
struct stream *stream_find(uint32_t id);
struct stream *stream_of_pid(pid_t pid);

/* A new stream, or NULL with the fault set: number in use, or too many. */
struct stream *stream_add(uint32_t id, enum stream_kind kind, struct fault *fault);

/* Closes and frees all that it holds. */
void stream_remove(struct stream *stream);

/* Walks all streams: begin with NULL. Removing the current one is allowed. */
struct stream *stream_next(struct stream *stream);

/* Takes the descriptors of a REPORT_STDIO over. */
void stream_attach(struct stream *stream, const struct report *report);

/* Its engine went. */
void stream_orphan(struct stream *stream);

#endif
