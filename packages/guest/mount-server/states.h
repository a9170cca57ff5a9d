/*
 * The state of a file (content, size, permissions, times): what the guest was told of it, and which of its changes have been
 * events in the guest. The two differ: attributes may be asked for before the host's event has come.
 */
#ifndef STATES_H
#define STATES_H

#include <stdint.h>
#include <sys/stat.h>

struct inode;
struct server;

/* After a change made for the guest, which has its events by itself: what inotify will say about this state is known. */
void own_change(struct inode *inode);

/* Outdates what the guest holds of it if `st` is not what it was told. */
void tell_if_changed(struct server *server, struct inode *inode, const struct stat *st);

/* The guest is about to be given new attributes, by an answer. */
void note_told(struct server *server, struct inode *inode, const struct stat *st);

/*
 * The host has changed something: outdates what the guest holds and has the event raised there. `events`: what inotify said
 * (IN_MODIFY, IN_ATTRIB, IN_CLOSE_WRITE), 0 when it said nothing.
 */
void tell_state(struct server *server, struct inode *inode, const struct stat *st, uint32_t events);

#endif
