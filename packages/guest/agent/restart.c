#define _GNU_SOURCE
#include "restart.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#include "container.h"
#include "life.h"
#include "protocol.h"
#include "requests.h"

#define LONGEST_GRACE_MS (24 * 3600 * 1000)

static struct {
	/* 0: none under way. */
	uint32_t request;
	/* CLOCK_MONOTONIC; 0: not to be killed, or killed already. */
	int64_t kill_at_ms;
} restart;

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void restart_request(const struct frame *frame)
{
	struct fault fault = { 0 };
	int64_t number = item_number(item_find(frame->payload, TAG_VALUE), SIGTERM);
	int64_t grace_ms = item_number(item_find(frame->payload, TAG_GRACE_MS), 0);
	if (restart.request)
		fault_set(&fault, 128, EALREADY, "the container is being restarted already");
	else if (!life_is_running())
		fault_set(&fault, 128, ESRCH, "the container is not running");
	else if (number < 1 || number > 64 || kill(container_pid(), (int)number))
		fault_errno(&fault, "sending signal %lld", (long long)number);
	if (fault.exit_code)
		return request_refuse(frame->stream, &fault);
	restart.request = frame->stream;
	if (grace_ms > LONGEST_GRACE_MS)
		grace_ms = LONGEST_GRACE_MS;
	/* Less than nothing: it may take as long as it likes. */
	restart.kill_at_ms = grace_ms < 0 ? 0 : now_ms() + grace_ms + 1;
}

uint32_t restart_take(void)
{
	uint32_t request = restart.request;
	restart.request = 0;
	restart.kill_at_ms = 0;
	return request;
}

int restart_patience(int64_t now)
{
	if (!restart.kill_at_ms)
		return -1;
	return now >= restart.kill_at_ms ? 0 : (int)(restart.kill_at_ms - now);
}

void restart_check(int64_t now)
{
	if (!restart.kill_at_ms || now < restart.kill_at_ms)
		return;
	restart.kill_at_ms = 0;
	kill(container_pid(), SIGKILL);
}
