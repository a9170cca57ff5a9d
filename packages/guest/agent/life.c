#define _GNU_SOURCE
#include "life.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot.h"
#include "cgroup.h"
#include "channel.h"
#include "container.h"
#include "data_disks.h"
#include "device_rules.h"
#include "disk.h"
#include "dns_relay.h"
#include "identity.h"
#include "log_port.h"
#include "mount_ports.h"
#include "network.h"
#include "requests.h"
#include "restart.h"
#include "socket_relay.h"
#include "stream_io.h"
#include "work.h"

static struct {
	int phase;
	/* The engine's numbers of requests under way; 0: none. */
	uint32_t prepare, setup, start;
	bool failed;
	struct stream *main_stream;
} life = { .phase = PHASE_READY };

bool life_begin(void)
{
	struct fault fault;
	life.main_stream = stream_add(MAIN_STREAM, STREAM_MAIN, &fault);
	if (!life.main_stream || !container_create())
		return false;
	life.main_stream->pid = container_pid();
	return true;
}

int life_phase(void)
{
	return life.phase;
}

bool life_is_running(void)
{
	return life.phase == PHASE_RUNNING && life.main_stream->started && !life.main_stream->exited;
}

bool life_has_root(void)
{
	return !life.failed && (life.phase == PHASE_PREPARED || life.phase == PHASE_RUNNING);
}

static void fail(uint32_t *request, const struct fault *fault)
{
	life.failed = true;
	if (*request)
		request_refuse(*request, fault);
	*request = 0;
}

/* Else the request is refused. */
static bool is_fresh(uint32_t request)
{
	struct fault fault;
	if (life.phase == PHASE_READY && !life.prepare && !life.setup && !life.failed)
		return true;
	fault_set(&fault, 128, EALREADY, "the machine has been set up already");
	request_refuse(request, &fault);
	return false;
}

void life_prepare(uint32_t request, struct view description)
{
	struct fault fault = { 0 };
	if (!is_fresh(request))
		return;
	life.prepare = request;
	if (!items_valid(description))
		fault_set(&fault, 128, EINVAL, "the description makes no sense");
	else if (!container_prepare(description.length))
		fault_errno(&fault, "telling the container");
	else
		return;
	fail(&life.prepare, &fault);
}

static bool allow_devices(struct view setup, struct fault *fault)
{
	return !item_number(item_find(setup, TAG_ALL_DEVICES), 0) || device_rules_lift() ||
	       fault_errno(fault, "allowing all devices");
}

void life_setup(uint32_t request, struct view setup)
{
	struct fault fault = { 0 };
	struct container_mounts mounts = NO_MOUNTS;
	if (!is_fresh(request))
		return;
	life.setup = request;
	if (!items_valid(setup))
		fault_set(&fault, 128, EINVAL, "the setup makes no sense");
	else if (identity_renew(setup, &fault) && network_configure(setup, &fault) && cgroup_limit(setup, &fault) &&
		 allow_devices(setup, &fault) && mount_ports_open(setup, &mounts, &fault) &&
		 socket_relay_start(setup, &fault) && data_disks_open(setup, &mounts, &fault) &&
		 (mounts.disk = disk_mount(OWN_DISK, &fault)) >= 0) {
		dns_relay_ask(item_find(setup, TAG_DNS_UPSTREAM));
		if (container_setup(setup.length, mounts))
			return;
		fault_errno(&fault, "telling the container");
	}
	fail(&life.setup, &fault);
}

static void start_now(void)
{
	struct fault fault = { 0 };
	if (life.failed || life.phase != PHASE_PREPARED)
		fault_set(&fault, 128, EINVAL, "the machine has not been set up");
	else if (!container_start())
		fault_errno(&fault, "telling the container");
	else
		return;
	fail(&life.start, &fault);
}

void life_start(uint32_t request)
{
	struct fault fault = { 0 };
	if (life.start || life.phase == PHASE_RUNNING || life.phase == PHASE_EXITED) {
		fault_set(&fault, 128, EALREADY, "the container has been started already");
		return request_refuse(request, &fault);
	}
	life.start = request;
	/* While it is being set up, the start follows by itself. */
	if (!life.setup)
		start_now();
}

static void answer(uint32_t *request)
{
	channel_send(MSG_REPLY, 0, *request, NULL, 0);
	*request = 0;
}

/* The socket closes when the program is executed. */
static void running(void)
{
	container_close_socket();
	if (life.failed || !life.start)
		return;
	life.phase = PHASE_RUNNING;
	life.main_stream->started = true;
	/* Its end may have come before there was somebody to tell. */
	input_write(life.main_stream);
	answer(&life.start);
}

void life_report(void)
{
	struct report report;
	int received;
	while ((received = report_receive(container_socket(), &report)) == 1) {
		if (report.kind == REPORT_STDIO) {
			stream_attach(life.main_stream, &report);
		} else if (report.kind == REPORT_FAULT) {
			fail(life.prepare ? &life.prepare : life.setup ? &life.setup : &life.start, &report.fault);
			if (life.start)
				fail(&life.start, &report.fault);
			/* A run after the first: its end is the container's. */
			life.main_stream->started |= life.phase == PHASE_RUNNING;
		} else if (report.kind == REPORT_READY && life.prepare) {
			/* The answer says that the machine can be saved. */
			boot_clean_memory();
			answer(&life.prepare);
		} else if (report.kind == REPORT_READY && life.setup) {
			life.phase = PHASE_PREPARED;
			answer(&life.setup);
			if (life.start)
				start_now();
		}
	}
	if (received < 0)
		running();
}

void life_write_exit(struct writer *writer, const struct stream *stream)
{
	write_number(writer, TAG_EXIT_CODE, stream->code);
	if (stream->kind == STREAM_MAIN)
		write_number(writer, TAG_OOM_KILLED, cgroup_was_oom_killed());
	if (stream->fault.exit_code)
		write_string(writer, TAG_VALUE, stream->fault.text);
}

void life_again(uint32_t request)
{
	struct fault fault = { 0 };
	struct stream *stream = life.main_stream;
	input_close(stream);
	stream->exited = stream->started = false;
	cgroup_forget_oom_kills();
	life.start = request;
	if (container_start_again()) {
		stream->pid = container_pid();
		return;
	}
	fault_errno(&fault, "running the program again");
	fail(&life.start, &fault);
	stream->code = 128;
	life_end(stream);
}

/* An engine that is there shall hear of the end, but it can't keep the machine alive. */
static void say_goodbye(void)
{
	for (int tries = 0; tries < 50; tries++) {
		channel_flush();
		if (!channel_is_blocked())
			return;
		usleep(2000);
	}
}

static _Noreturn void power_off(void)
{
	reboot(RB_POWER_OFF);
	/* No ACPI: then at least nothing runs on. */
	reboot(RB_HALT_SYSTEM);
	_exit(1);
}

void life_end(struct stream *main_stream)
{
	life.phase = PHASE_EXITED;
	log_exit((uint8_t)main_stream->code, cgroup_was_oom_killed());
	work_end_all();
	container_let_go();
	disks_wait_until_free();
	while (!log_flush())
		usleep(1000);
	uint8_t items[256];
	struct writer writer = { .start = items, .size = sizeof items };
	life_write_exit(&writer, main_stream);
	channel_send(MSG_EXIT, 0, MAIN_STREAM, items, writer.used);
	say_goodbye();
	power_off();
}

void life_shutdown(void)
{
	restart_take();
	kill(container_pid(), SIGKILL);
	/* A process that ran ends as any other: its end is logged first. */
	if (life.phase == PHASE_RUNNING)
		return;
	waitpid(container_pid(), NULL, 0);
	work_end_all();
	container_let_go();
	disks_wait_until_free();
	power_off();
}
