#define _GNU_SOURCE
#include "log_port.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* One record at a time: with its header it is just what the port copies in one write. */
static struct {
	int port;
	size_t start, end;
	uint8_t record[LOG_HEADER_SIZE + MAX_LOG_DATA];
} out = { .port = -1 };

void log_init(int port)
{
	out.port = port;
}

bool log_flush(void)
{
	while (out.end > out.start) {
		ssize_t written = write(out.port, out.record + out.start, out.end - out.start);
		if (written > 0)
			out.start += (size_t)written;
		else if (written == 0 || errno != EINTR)
			return false;
	}
	return true;
}

struct room log_room(void)
{
	return (struct room){ out.record + LOG_HEADER_SIZE, MAX_LOG_DATA };
}

void log_write(uint8_t kind, size_t length)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	uint64_t time = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	uint32_t magic = LOG_MAGIC;
	uint16_t size = (uint16_t)length;
	memcpy(out.record, &magic, 4);
	out.record[4] = kind;
	out.record[5] = 0;
	memcpy(out.record + 6, &size, 2);
	memcpy(out.record + 8, &time, 8);
	out.start = 0;
	out.end = LOG_HEADER_SIZE + length;
	log_flush();
}

void log_exit(uint8_t code, bool oom_killed)
{
	struct room room = log_room();
	room.at[0] = code;
	room.at[1] = oom_killed;
	log_write(LOG_EXIT, 2);
}
