#include "successors.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "fail.h"

/* A request that kills whoever reads it comes again each time: so often in a row, and not more. */
#define MOST_QUICK_DEATHS 5
#define QUICK_MS 1000

static int64_t now_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void successor_begins(struct successors *successors)
{
	successors->began_ms = now_ms();
}

bool successor_wanted(struct successors *successors)
{
	bool quick = now_ms() - successors->began_ms < QUICK_MS;
	successors->quick_deaths = quick ? successors->quick_deaths + 1 : 0;
	fprintf(stderr, "%s: the server was killed; another takes its place\n", program_invocation_short_name);
	return successors->quick_deaths < MOST_QUICK_DEATHS;
}

int connect_to_port(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		fail("%s", path);
	}
	strcpy(address.sun_path, path);
	int fd = must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	must(connect(fd, (struct sockaddr *)&address, sizeof address), "%s", path);
	return fd;
}
