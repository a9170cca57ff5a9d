#include "notify.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../agent/mount_protocol.h"
#include "server.h"

uint64_t notify_room(const struct server *server)
{
	uint64_t ahead = server->notifier.sent - server->notifier.handled;
	return ahead < MOUNT_NOTIFY_WINDOW ? MOUNT_NOTIFY_WINDOW - ahead : 0;
}

bool notify_handled(struct server *server, uint64_t handled)
{
	if (handled < server->notifier.handled || handled > server->notifier.sent)
		return false;
	server->notifier.handled = handled;
	return true;
}

void notify_anew(struct server *server)
{
	server->notifier.round++;
}

/* libfuse answers ENOSYS without sending before the guest has said its INIT; there is nothing to outdate then. */
static void count(struct server *server, int result)
{
	if (result != -ENOSYS)
		server->notifier.sent++;
}

void notify_entry(struct server *server, const struct inode *directory, const char *name)
{
	struct notifier *notifier = &server->notifier;
	if (notifier->forgotten_name.round == notifier->round && notifier->forgotten_name.directory == directory->id &&
	    !strcmp(notifier->forgotten_name.name, name))
		return;
	notifier->forgotten_name.round = notifier->round;
	notifier->forgotten_name.directory = directory->id;
	strncpy(notifier->forgotten_name.name, name, sizeof notifier->forgotten_name.name - 1);
	count(server, fuse_lowlevel_notify_inval_entry(server->session, directory->id, name, strlen(name)));
}

void notify_content(struct server *server, const struct inode *inode)
{
	struct notifier *notifier = &server->notifier;
	size_t slot = inode->id % REMEMBERED;
	if (notifier->forgotten[slot].id == inode->id && notifier->forgotten[slot].round == notifier->round)
		return;
	notifier->forgotten[slot].id = inode->id;
	notifier->forgotten[slot].round = notifier->round;
	count(server, fuse_lowlevel_notify_inval_inode(server->session, inode->id, 0, 0));
}

void notify_attributes(struct server *server, const struct inode *inode)
{
	count(server, fuse_lowlevel_notify_inval_inode(server->session, inode->id, -1, 0));
}

void notify_absent(struct server *server)
{
	struct fuse_out_header frame = { .len = sizeof frame, .error = MOUNT_FORGET_ABSENT };
	if (write(fuse_session_fd(server->session), &frame, sizeof frame) == sizeof frame)
		server->notifier.sent++;
}
