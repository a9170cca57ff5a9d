#ifndef SESSION_H
#define SESSION_H

#include "cage.h"
#include "server.h"

/*
 * A FUSE session over `socket` with the cage's root as its root directory; new files in the place of sources come on `channel`, -1
 * for none. All descriptors are taken over. There is one; it is never freed. Ends the process when it can't be made.
 */
struct server *open_session(const struct options *options, int socket, int channel, const struct cage *cage,
			    struct ledger *ledger);

/* Answers until the other end goes. */
_Noreturn void serve(struct server *server);

#endif
