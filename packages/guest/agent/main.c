/*
 * PID 1 of the guest. Everything that may block happens in children; this process only moves bytes and answers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "boot.h"
#include "cgroup.h"
#include "channel.h"
#include "container.h"
#include "device_rules.h"
#include "dns_relay.h"
#include "fault.h"
#include "life.h"
#include "log_port.h"
#include "network.h"
#include "ports.h"
#include "rehearsal.h"
#include "requests.h"
#include "restart.h"
#include "standard_streams.h"
#include "stream_io.h"
#include "text_file.h"

#define PORT_PATIENCE_MS 10000
/* How long output of a process that has exited may be held open by others, as in dockerd. */
#define OUTPUT_PATIENCE_MS 2000

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Forks inherit 0, 1 and 2: they must be something harmless. */
static void open_standard_streams(void)
{
	int null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		if (null != fd)
			dup2(null, fd);
	if (null > 2)
		close(null);
}

static void reap(void)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
		struct stream *stream = stream_of_pid(pid);
		if (!stream)
			continue;
		stream->exited = true;
		stream->code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		stream->give_up_ms = now_ms() + OUTPUT_PATIENCE_MS;
	}
}

static void read_report(struct stream *stream)
{
	struct report report;
	int received;
	while ((received = report_receive(stream->report, &report)) == 1) {
		if (report.kind == REPORT_PID)
			stream->pid = report.value;
		else if (report.kind == REPORT_STDIO)
			stream_attach(stream, &report);
		else if (report.kind == REPORT_FAULT)
			stream->fault = report.fault;
		else if (report.kind == REPORT_READY && !stream->started) {
			stream->started = true;
			channel_send(MSG_REPLY, 0, stream->id, NULL, 0);
		}
	}
	if (received == 0)
		return;
	close(stream->report);
	stream->report = -1;
	if (stream->started)
		return;
	if (stream->fault.exit_code || stream->kind == STREAM_WORK) {
		if (!stream->fault.exit_code)
			fault_set(&stream->fault, 128, 0, "it ended before it began");
		if (!stream->orphaned)
			request_refuse(stream->id, &stream->fault);
		stream_remove(stream);
		return;
	}
	uint8_t items[64];
	struct writer writer = { .start = items, .size = sizeof items };
	write_number(&writer, TAG_PID, stream->pid);
	stream->started = true;
	if (!stream->orphaned)
		channel_send(MSG_REPLY, 0, stream->id, items, writer.used);
}

/* A process is over when it has exited and its output has ended; then its number is free. */
static void finish(struct stream *stream)
{
	if (!stream->exited || !stream->started || stream->report >= 0)
		return;
	bool ended = stream->output[0].fd < 0 && stream->output[1].fd < 0;
	if (stream->kind == STREAM_MAIN) {
		if (!ended || !log_flush())
			return;
		uint32_t restart = restart_take();
		if (!restart)
			life_end(stream);
		life_again(restart);
		return;
	}
	if (!ended && now_ms() < stream->give_up_ms)
		return;
	/* With nobody there to hear it, the exit code waits for the next engine. */
	if (!channel_is_open() || !channel_has_room())
		return;
	uint8_t items[640];
	struct writer writer = { .start = items, .size = sizeof items };
	life_write_exit(&writer, stream);
	channel_send(MSG_EXIT, 0, stream->id, items, writer.used);
	stream_remove(stream);
}

/* What is polled, side by side with whose it is. */
enum role { CHILDREN, PORTS, CONTAINER, REPORT, INPUT, OUTPUT };
static struct pollfd polled[3 + 4 * MAX_STREAMS];
static struct watch {
	enum role role;
	uint32_t stream;
	int number;
} watches[3 + 4 * MAX_STREAMS];
static nfds_t polled_count;

static void watch(int fd, short events, struct watch what)
{
	polled[polled_count] = (struct pollfd){ .fd = fd, .events = events };
	watches[polled_count++] = what;
}

static void watch_stream(const struct stream *stream)
{
	if (stream->report >= 0)
		watch(stream->report, POLLIN, (struct watch){ REPORT, stream->id, 0 });
	if (stream->started && stream->input.fd >= 0 && stream->input.window.length > 0)
		watch(stream->input.fd, POLLOUT, (struct watch){ INPUT, stream->id, 0 });
	for (int i = 0; i < 2; i++)
		if (output_is_wanted(stream, i))
			watch(stream->output[i].fd, POLLIN, (struct watch){ OUTPUT, stream->id, i });
}

static void serve_one(const struct watch *what, int children, int ports)
{
	struct signalfd_siginfo signals[16];
	struct epoll_event events[4];
	struct stream *stream = what->role >= REPORT ? stream_find(what->stream) : NULL;
	if (what->role == CHILDREN && read(children, signals, sizeof signals) > 0)
		reap();
	else if (what->role == PORTS)
		/* Edge-triggered: a port whose other end is away is ready all the time. */
		epoll_wait(ports, events, 4, 0);
	else if (what->role == CONTAINER)
		life_report();
	else if (stream && what->role == REPORT)
		read_report(stream);
	else if (stream && what->role == INPUT)
		input_write(stream);
	else if (stream && what->role == OUTPUT && output_is_wanted(stream, what->number))
		output_read(stream, what->number);
}

static int patience(void)
{
	int restart = restart_patience(now_ms());
	for (struct stream *stream = NULL; (stream = stream_next(stream));)
		if (stream->exited && stream->kind != STREAM_MAIN && now_ms() < stream->give_up_ms)
			return restart >= 0 && restart < 100 ? restart : 100;
	return restart;
}

static _Noreturn void serve(int children, int ports)
{
	for (;;) {
		channel_flush();
		channel_read(request_handle);
		polled_count = 0;
		watch(children, POLLIN, (struct watch){ CHILDREN, 0, 0 });
		watch(ports, POLLIN, (struct watch){ PORTS, 0, 0 });
		if (container_socket() >= 0)
			watch(container_socket(), POLLIN, (struct watch){ CONTAINER, 0, 0 });
		for (struct stream *stream = NULL; (stream = stream_next(stream));)
			watch_stream(stream);
		channel_flush();
		if (poll(polled, polled_count, patience()) < 0 && errno != EINTR)
			complain("poll: %m");
		restart_check(now_ms());
		/* Ended children last: by then the report that tells whose they are has been read. */
		for (nfds_t i = polled_count; i-- > 0;)
			if (polled[i].revents)
				serve_one(&watches[i], children, ports);
		for (struct stream *stream = NULL, *next = stream_next(NULL); (stream = next);) {
			next = stream_next(stream);
			finish(stream);
		}
	}
}

static int open_ports(void)
{
	int agent = port_open("agent", O_NONBLOCK, PORT_PATIENCE_MS), log = port_open("log", O_NONBLOCK, PORT_PATIENCE_MS);
	int ports = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
	if (agent < 0 || log < 0 || ports < 0 || epoll_ctl(ports, EPOLL_CTL_ADD, agent, &event) ||
	    epoll_ctl(ports, EPOLL_CTL_ADD, log, &event))
		complain("opening the ports: %m");
	channel_init(agent);
	log_init(log);
	return ports;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], REHEARSAL_ARGUMENT))
		return rehearsal_program();
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	boot_modules();
	boot_mounts();
	/* The helpers, which inherit it, are not what frees memory; processes of the container get their own value. */
	text_file_write("/proc/self/oom_score_adj", "-1000");
	open_standard_streams();
	int children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (!streams_init() || !network_prepare() || !cgroup_create() || !device_rules_set() ||
	    !dns_relay_create() || !life_begin())
		complain("preparing: %m");
	serve(children, open_ports());
}
