/*
 * Answers the FUSE requests of one mount port of a virtual machine, in a child that lives in a cage. Says "ready" when it
 * does, and ends when the other end of the socket goes.
 */
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cage.h"
#include "followed_names.h"
#include "options.h"
#include "privileges.h"
#include "pid_file.h"
#include "session.h"
#include "successors.h"

/* Held by the parent as long as the child lives. */
static int pid_fd = -1;

static void note_child(int child)
{
	pid_file_write(pid_fd, child);
}

int main(int argc, char **argv)
{
	struct options options = parse_options(argc, argv);
	syscall(SYS_close_range, 3u, ~0u, 0u);
	pid_fd = pid_file_lock(options.pid_file);
	struct parent parent = become_parent(&options, pid_fd, note_child);
	names_follow(&parent);
	struct ledger *ledger = ledger_new();
	umask(0);
	struct successors successors = { 0 };
	do {
		successor_begins(&successors);
		int socket = connect_to_port(options.socket_path);
		int channel = names_channel();
		struct cage cage;
		if (enter_cage(&parent, socket, &cage)) {
			names_let_go();
			struct server *server = open_session(&options, socket, channel, &cage, ledger);
			drop_privileges();
			cage_ready();
			serve(server);
		}
	} while (successor_wanted(&successors));
	return 1;
}
