/*
 * What is asked about the container and may block (a mount's server may be away) is done by a child of the agent.
 */
#ifndef WORK_H
#define WORK_H

#include "stream.h"

/*
 * A kind of work: reads its input from 0 or writes its result to 1, says REPORT_READY on `report` when it has begun, and
 * returns false with the fault. It runs in the container's mounts, or in the agent's where `outside` is set. It needs a container
 * that has been set up, or with `before_setup` one that has not.
 */
struct work {
	bool (*run)(struct view request, int report, struct fault *fault);
	bool takes_input, outside, before_setup;
};

bool work_start(struct stream *stream, const struct work *work, struct view request, struct fault *fault);

/* Before the disk is let go. What is cut short has not been answered, so nobody takes it for done. */
void work_end_all(void);

/* For work that has begun. */
void work_begun(int report);

extern const struct work work_stat, work_read, work_write, work_processes, work_rehearse;

#endif
