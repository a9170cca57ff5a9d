#include "host_events.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "server.h"
#include "states.h"

#define NAME_EVENTS (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)
/* IN_CLOSE_WRITE: what was written through a mapping shows only then. */
#define STATE_EVENTS (IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE)

/* Files with several names; so that they can't use up what directories need. */
#define MOST_FILE_WATCHES 16384

/* One read gives at most 64 events with names, and none needs more than eight notifications. */
#define EVENT_BYTES 2048
#define ROOM_FOR_A_ROUND 512

static struct inode **bucket_of(struct host_events *events, int watch)
{
	return &events->watched[(unsigned)watch % WATCH_BUCKETS];
}

/* What raises the limit that was reached, as `watch` says it too. */
static const char *remedy(int error)
{
	return error == ENOSPC ? "; raise the limit: sysctl fs.inotify.max_user_watches=524288" :
	       error == EMFILE ? "; raise the limit: sysctl fs.inotify.max_user_instances=1024" :
				 "";
}

static void warn_once(struct host_events *events, int error)
{
	if (!events->warned)
		fprintf(stderr, "mount-server: changes made on the host are looked for every 20 ms instead of reported, and programs "
				"that watch files hear only of some: %s%s\n",
			strerror(error), remedy(error));
	events->warned = true;
}

void host_events_init(struct host_events *events)
{
	events->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (events->fd < 0)
		warn_once(events, errno);
}

/* There is no inotify_add_watch that takes a descriptor, and no /proc in the cage. */
static int add_watch(struct server *server, const struct inode *inode)
{
	int fd = server->host_events.fd;
	if (inode->type == S_IFDIR)
		return fchdir(inode_fd(inode)) ? -1 : inotify_add_watch(fd, ".", NAME_EVENTS | STATE_EVENTS | IN_EXCL_UNLINK);
	return fchdir(server->descriptors) ? -1 : inotify_add_watch(fd, fd_name(inode_fd(inode)).text, STATE_EVENTS);
}

bool watch_inode(struct server *server, struct inode *inode)
{
	struct host_events *events = &server->host_events;
	if (inode->watch >= 0 || inode->id == ROOT_ID)
		return false;
	bool is_file = inode->type != S_IFDIR;
	if (is_file && events->file_watches >= MOST_FILE_WATCHES)
		return false;
	inode->watch = add_watch(server, inode);
	if (inode->watch < 0) {
		warn_once(events, errno);
		return false;
	}
	events->file_watches += is_file;
	struct inode **bucket = bucket_of(events, inode->watch);
	inode->next_watched = *bucket;
	*bucket = inode;
	return true;
}

void unwatch_inode(struct server *server, struct inode *inode)
{
	int watch = inode->watch;
	if (watch < 0)
		return;
	inode->watch = -1;
	server->host_events.file_watches -= inode->type != S_IFDIR;
	struct inode **at = bucket_of(&server->host_events, watch);
	while (*at != inode)
		at = &(*at)->next_watched;
	*at = inode->next_watched;
	for (struct inode *other = *bucket_of(&server->host_events, watch); other; other = other->next_watched)
		if (other->watch == watch)
			return;
	inotify_rm_watch(server->host_events.fd, watch);
}

/* Its names and times; the kernel does that by itself only for names that it has cached. */
static void outdate_name(struct server *server, const struct inode *directory, const char *name)
{
	notify_entry(server, directory, name);
	notify_content(server, directory);
}

/* What went and did not come into sight again is gone. */
static void settle_move(struct server *server)
{
	struct host_events *events = &server->host_events;
	struct inode *directory = inodes_get(&server->inodes, events->moved.directory);
	if (directory && !poke_delete(server, directory, events->moved.name, events->moved.is_directory))
		outdate_name(server, directory, events->moved.name);
	events->moved.directory = 0;
}

static void name_went(struct server *server, struct inode *directory, const struct inotify_event *event)
{
	struct host_events *events = &server->host_events;
	settle_move(server);
	events->moved.directory = directory->id;
	events->moved.cookie = event->cookie;
	events->moved.is_directory = event->mask & IN_ISDIR;
	strncpy(events->moved.name, event->name, sizeof events->moved.name - 1);
}

/* A rename alone changes a file's ctime, without an event of the file's own. */
static void told_of_rename(struct server *server, struct inode *directory, const char *name)
{
	struct stat st;
	struct inode *inode = fstatat(inode_fd(directory), name, &st, AT_SYMLINK_NOFOLLOW) ?
				      NULL :
				      inodes_find(&server->inodes, &st, directory->source);
	if (!inode)
		return;
	inode_named(&server->inodes, inode, directory, name);
	struct stamp now = stamp_of(&st), as_before = inode->told;
	as_before.changed = now.changed;
	if (!stamps_equal(&now, &as_before))
		return;
	inode->told = now;
	notify_attributes(server, inode);
}

static void name_came(struct server *server, struct inode *directory, const struct inotify_event *event)
{
	struct host_events *events = &server->host_events;
	struct inode *from = inodes_get(&server->inodes, events->moved.directory);
	if (!from || events->moved.cookie != event->cookie) {
		settle_move(server);
		outdate_name(server, directory, event->name);
		poke_create(server, directory, event->name);
		return;
	}
	events->moved.directory = 0;
	told_of_rename(server, directory, event->name);
	if (poke_move(server, from, events->moved.name, directory, event->name))
		return;
	outdate_name(server, from, events->moved.name);
	outdate_name(server, directory, event->name);
}

static void pass_on_name(struct server *server, struct inode *directory, const struct inotify_event *event)
{
	if (event->mask & IN_MOVED_FROM) {
		name_went(server, directory, event);
	} else if (event->mask & IN_MOVED_TO) {
		name_came(server, directory, event);
	} else if (event->mask & IN_CREATE) {
		outdate_name(server, directory, event->name);
		poke_create(server, directory, event->name);
	} else if (!poke_delete(server, directory, event->name, event->mask & IN_ISDIR)) {
		outdate_name(server, directory, event->name);
	}
}

static void pass_on(struct server *server, struct inode *watched, const struct inotify_event *event)
{
	struct stat st;
	if (!(event->mask & IN_MOVED_TO))
		settle_move(server);
	if (event->len == 0) {
		if (fstat(inode_fd(watched), &st) == 0)
			tell_state(server, watched, &st, event->mask);
		return;
	}
	if (event->mask & NAME_EVENTS) {
		pass_on_name(server, watched, event);
		return;
	}
	if (fstatat(inode_fd(watched), event->name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	struct inode *inode = inodes_find(&server->inodes, &st, watched->source);
	if (inode)
		tell_state(server, inode, &st, event->mask);
	else if (event->mask & IN_MODIFY ? S_ISREG(st.st_mode) : event->mask & IN_ATTRIB && !S_ISLNK(st.st_mode))
		poke_state_of_name(server, watched, event->name, event->mask & IN_ATTRIB);
}

static void handle(struct server *server, const struct inotify_event *event)
{
	struct host_events *events = &server->host_events;
	if (event->mask & IN_Q_OVERFLOW) {
		notify_absent(server);
		events->scan_next = ROOT_ID + 1;
		/* Of names that the guest does not know, too. */
		catch_up_want(&server->catch_up, events->drained, true);
		return;
	}
	uint32_t own = NO_SOURCE;
	if (event->len)
		own = take_expected(&events->expected, event->wd, event->mask & NAME_EVENTS, event->name);
	for (struct inode *inode = *bucket_of(events, event->wd), *next; inode; inode = next) {
		next = inode->next_watched;
		if (inode->watch != event->wd || (own != NO_SOURCE && inode->source == own))
			continue;
		/* The kernel has dropped the watch: the directory's file system is gone. */
		if (event->mask & IN_IGNORED)
			unwatch_inode(server, inode);
		else
			pass_on(server, inode, event);
	}
}

bool host_events_wanted(const struct server *server)
{
	return server->host_events.fd >= 0 && notify_room(server) >= ROOM_FOR_A_ROUND &&
	       poke_queue_has_room(&server->pokes.queue);
}

/* Events were lost: compares everything that the guest knows with the host. */
static void scan(struct server *server)
{
	uint64_t *next = &server->host_events.scan_next;
	for (; *next && *next < server->inodes.slot_count; ++*next) {
		if (!host_events_wanted(server))
			return;
		struct inode *inode = inodes_get(&server->inodes, *next);
		struct inode *parent = inode ? inodes_get(&server->inodes, inode->parent) : NULL;
		struct stat st;
		if (!inode)
			continue;
		if (fstat(inode_fd(inode), &st) == 0)
			tell_state(server, inode, &st, 0);
		/* Sources keep their names. */
		if (!parent || parent->id == ROOT_ID || !inode->name)
			continue;
		if (fstatat(inode_fd(parent), inode->name, &st, AT_SYMLINK_NOFOLLOW) || st.st_dev != inode->dev ||
		    st.st_ino != inode->ino) {
			poke_delete(server, parent, inode->name, inode->type == S_IFDIR);
			notify_entry(server, parent, inode->name);
		}
	}
	*next = 0;
}

void host_events_run(struct server *server)
{
	_Alignas(struct inotify_event) char buffer[EVENT_BYTES];
	while (host_events_wanted(server)) {
		struct timespec now;
		clock_gettime(CLOCK_REALTIME_COARSE, &now);
		ssize_t length = read(server->host_events.fd, buffer, sizeof buffer);
		if (length <= 0) {
			settle_move(server);
			forget_expected(&server->host_events.expected);
			server->host_events.drained = now;
			break;
		}
		notify_anew(server);
		const struct inotify_event *event;
		for (char *at = buffer; at < buffer + length; at += sizeof *event + event->len) {
			event = (const void *)at;
			handle(server, event);
		}
	}
	scan(server);
}
