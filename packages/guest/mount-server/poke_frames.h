/*
 * What the server says to the thread of the guest that pokes (mount_protocol.h).
 */
#ifndef POKE_FRAMES_H
#define POKE_FRAMES_H

#include <stdint.h>
#include <sys/stat.h>

struct poke;
struct server;

/* What is watched? */
void send_question(struct server *server);

/* Do this over again; `st`: the file as it is now. */
void send_poke(struct server *server, const struct poke *poke, const struct stat *st, uint64_t serial);

#endif
