#ifndef SESSION_H
#define SESSION_H

#include "server.h"

/*
 * A FUSE session over `socket` with `root` as its root directory; all descriptors are taken over. There is one; it is never
 * freed. Ends the process when it can't be made.
 */
struct server *open_session(const struct options *options, int socket, int root, int descriptors,
			    struct ledger *ledger);

/* Answers until the other end goes. */
_Noreturn void serve(struct server *server);

#endif
