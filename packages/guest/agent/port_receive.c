#include "port_receive.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

size_t port_receive(int fd, char *buffer, size_t room)
{
	static bool connected;
	long pause_ns = 1000000;
	for (;;) {
		ssize_t length = read(fd, buffer, room);
		if (length > 0) {
			connected = true;
			return (size_t)length;
		}
		if (length < 0 && errno == EAGAIN) {
			poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, -1);
			if (connected)
				continue;
		} else if (length < 0 && errno != EINTR) {
			_exit(errno);
		}
		struct stat port;
		if (fstat(fd, &port) || !S_ISCHR(port.st_mode))
			_exit(0);
		if (connected) {
			connected = false;
			return 0;
		}
		nanosleep(&(struct timespec){ .tv_nsec = pause_ns }, NULL);
		if (pause_ns < 32000000)
			pause_ns *= 2;
	}
}
