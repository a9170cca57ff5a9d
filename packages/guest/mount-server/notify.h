/*
 * Tells the guest kernel what it must look at again. Never more than MOUNT_NOTIFY_WINDOW ahead of what the pump has handed
 * on.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct inode;
struct server;

#define REMEMBERED 64

struct notifier {
	uint64_t sent, handled;
	/*
	 * Counts what the guest has said and what was seen of the host. In between, all changes lie before the first word about them, and
	 * the guest has not asked again for what it was told to forget; so that is not said twice: of many names that come in one
	 * directory, say.
	 */
	uint64_t round;
	struct {
		uint64_t id, round;
	} forgotten[REMEMBERED];
	struct {
		uint64_t directory, round;
		char name[256];
	} forgotten_name;
};

/* The guest has said something, or changes of the host have come to light: what was said before may have to be said again. */
void notify_anew(struct server *server);

/* How many more may be sent now. */
uint64_t notify_room(const struct server *server);

/* The pump says how many it has handled in all; false when that can't be. */
bool notify_handled(struct server *server, uint64_t handled);

/* The name in that directory is something else now, or gone, or new. */
void notify_entry(struct server *server, const struct inode *directory, const char *name);

/* Attributes and content. */
void notify_content(struct server *server, const struct inode *inode);

/* Only attributes; in force before any reply that is sent later. */
void notify_attributes(struct server *server, const struct inode *inode);

/* Names that did not exist may exist now. */
void notify_absent(struct server *server);

#endif
