#define _GNU_SOURCE
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "protocol.h"

#define MIN_ENTROPY 32u
#define MAX_ENTROPY 512u

static bool reseed(struct view entropy, struct fault *fault)
{
	struct {
		struct rand_pool_info head;
		uint8_t bytes[MAX_ENTROPY];
	} pool;
	if (entropy.length < MIN_ENTROPY || entropy.length > MAX_ENTROPY)
		return fault_set(fault, 128, EINVAL, "the machine was given no randomness");
	pool.head.entropy_count = (int)entropy.length * 8;
	pool.head.buf_size = (int)entropy.length;
	memcpy(pool.head.buf, entropy.at, entropy.length);
	int device = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
	/* Adding alone changes nothing until the kernel's own time to reseed comes. */
	bool done = device >= 0 && !ioctl(device, RNDADDENTROPY, &pool) && !ioctl(device, RNDRESEEDCRNG);
	if (!done)
		fault_errno(fault, "reseeding the random number generator");
	if (device >= 0)
		close(device);
	return done;
}

bool clock_set_ns(int64_t nanoseconds)
{
	if (nanoseconds < 0) {
		errno = EINVAL;
		return false;
	}
	struct timespec now = { nanoseconds / 1000000000, nanoseconds % 1000000000 };
	return clock_settime(CLOCK_REALTIME, &now) == 0;
}

bool identity_renew(struct view setup, struct fault *fault)
{
	if (!reseed(item_find(setup, TAG_ENTROPY), fault))
		return false;
	if (!clock_set_ns(item_number(item_find(setup, TAG_CLOCK), -1)))
		return fault_errno(fault, "setting the clock");
	return true;
}
