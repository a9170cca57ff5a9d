/*
 * The guest's end of relayed sockets on this machine: relay_here PORT LISTENER... Waits at PORT for the server, as a machine's port
 * does, and listens at the others. Ends when standard input does.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../agent/relay_process.h"
#include "../../agent/socket_protocol.h"

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1000)) {
		perror(path);
		_exit(1);
	}
	return listener;
}

int main(int argc, char **argv)
{
	int listeners[MOST_SOCKETS];
	for (unsigned i = 0; i < MOST_SOCKETS; i++)
		listeners[i] = i + 2 < (unsigned)argc ? listen_at(argv[i + 2]) : -1;
	int machine = listen_at(argv[1]);
	fcntl(machine, F_SETFL, 0);
	if (write(STDOUT_FILENO, "listening\n", 10) < 0)
		return 1;
	int port = accept4(machine, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	pid_t relay = fork();
	if (relay == 0) {
		signal(SIGPIPE, SIG_IGN);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		relay_process(port, listeners);
	}
	char byte;
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	kill(relay, SIGKILL);
	return 0;
}
