#define _GNU_SOURCE
#include "rehearsal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "container.h"
#include "disk.h"
#include "identity.h"
#include "log_port.h"
#include "network.h"
#include "protocol.h"
#include "work.h"

int rehearsal_program(void)
{
	static const char word[] = "ready\n";
	return write(1, word, sizeof word - 1) != sizeof word - 1;
}

/* The container's next report. False when there will be none. */
static bool hear(struct report *report)
{
	struct pollfd socket = { .fd = container_socket(), .events = POLLIN };
	while (poll(&socket, 1, -1) < 0 && errno == EINTR)
		;
	return report_receive(container_socket(), report) == 1;
}

static bool is_ready(bool told, struct fault *fault)
{
	struct report report = { .kind = REPORT_FAULT };
	if (!told || !hear(&report))
		return fault_set(fault, 128, EPIPE, "the container of the rehearsal is gone");
	if (report.kind == REPORT_FAULT)
		*fault = report.fault;
	return report.kind == REPORT_READY;
}

/* By the way that output takes in earnest. Whoever rehearses has put nothing of worth behind the port. */
static void log_output(int output)
{
	struct room room = log_room();
	ssize_t length;
	while ((length = read(output, room.at, room.size)) > 0) {
		log_write(LOG_STDOUT, (size_t)length);
		room = log_room();
	}
}

static bool run_program(struct fault *fault)
{
	struct report stdio, end;
	int status;
	if (!container_start() || !hear(&stdio) || stdio.kind != REPORT_STDIO || stdio.fd_count != 2)
		return fault_set(fault, 128, EPIPE, "the program of the rehearsal was not started");
	/* The socket closes when the program is executed. */
	if (hear(&end)) {
		*fault = end.fault;
		return false;
	}
	log_output(stdio.fds[0]);
	if (waitpid(container_pid(), &status, 0) < 0 || status != 0)
		return fault_set(fault, 128, EINVAL, "the program of the rehearsal ended with status %d", status);
	return true;
}

static bool run(struct view setup, int report, struct fault *fault)
{
	struct container_mounts mounts = NO_MOUNTS;
	work_begun(report);
	if (!items_valid(setup) || !container_create())
		return fault_set(fault, 128, EINVAL, "the rehearsal makes no sense");
	memcpy(container_description(), setup.at, setup.length);
	bool done = is_ready(container_prepare(setup.length), fault) && identity_renew(setup, fault) &&
		    network_configure(setup, fault) && cgroup_limit(setup, fault) &&
		    (mounts.disk = disk_mount(OWN_DISK, fault)) >= 0 && is_ready(container_setup(setup.length, mounts), fault) &&
		    run_program(fault);
	container_let_go();
	disks_wait_until_free();
	return network_forget(setup, fault) && done;
}

const struct work work_rehearse = { .run = run, .outside = true, .before_setup = true };
