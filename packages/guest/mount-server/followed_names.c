#include "followed_names.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replacements.h"

/* A source that is a file. */
struct name {
	uint32_t source;
	/* O_PATH. */
	int directory;
	char text[NAME_MAX + 1];
	int watch;
};

static struct parent *parent;
static struct name *names;
static size_t count;
static int events = -1;
/* The two ends of the channel to the child at hand. */
static int mine = -1, theirs = -1;

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Where the source lies, with all links resolved. False when that can't be told. */
static bool find_name(uint32_t source, struct name *name)
{
	char link[32], path[PATH_MAX + 1];
	struct stat file, there;
	snprintf(link, sizeof link, "/proc/self/fd/%d", parent->sources[source]);
	ssize_t length = readlink(link, path, sizeof path - 1);
	char *slash = length > 0 ? memrchr(path, '/', (size_t)length) : NULL;
	if (!slash || path + length - slash - 1 > NAME_MAX)
		return false;
	path[length] = '\0';
	strcpy(name->text, slash + 1);
	*slash = '\0';
	name->source = source;
	name->directory = open(*path ? path : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (name->directory >= 0 && fstat(parent->sources[source], &file) == 0 &&
	    fstatat(name->directory, name->text, &there, AT_SYMLINK_NOFOLLOW) == 0 && is_same(&file, &there))
		return true;
	close(name->directory);
	return false;
}

static bool watch(struct name *name)
{
	char directory[32];
	/* A host has few of them to give. */
	if (events < 0)
		events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	snprintf(directory, sizeof directory, "/proc/self/fd/%d", name->directory);
	name->watch = inotify_add_watch(events, directory, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	if (name->watch < 0)
		fprintf(stderr, "mount-server: a new file in the place of %s will not be seen: %s\n",
			parent->options->sources[name->source].path, strerror(errno));
	return name->watch >= 0;
}

static void hand_over(const struct name *name)
{
	/* Without a child the next one gets it at its birth. */
	int mount = mine < 0 ? -1 : source_mount(parent, name->source);
	if (mount < 0)
		return;
	replacement_send(mine, name->source, mount);
	close(mount);
}

/* The file that has the name now, when it is another one than before. */
static void look_at(const struct name *name)
{
	struct stat before, now;
	int *source = &parent->sources[name->source];
	int file = openat(name->directory, name->text, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (file < 0)
		return;
	if (fstat(file, &now) || !S_ISREG(now.st_mode) || fstat(*source, &before) || is_same(&before, &now)) {
		close(file);
		return;
	}
	close(*source);
	*source = file;
	hand_over(name);
}

static void look_at_all(void)
{
	for (size_t i = 0; i < count; i++)
		look_at(&names[i]);
}

static void take_events(void)
{
	_Alignas(struct inotify_event) char buffer[4096];
	ssize_t length = read(events, buffer, sizeof buffer);
	const struct inotify_event *event;
	for (char *at = buffer; at < buffer + length; at += sizeof *event + event->len) {
		event = (const void *)at;
		if (event->mask & IN_Q_OVERFLOW)
			look_at_all();
		for (size_t i = 0; event->len && i < count; i++)
			if (names[i].watch == event->wd && !strcmp(names[i].text, event->name))
				look_at(&names[i]);
	}
}

/* Until the child ends, which says nothing on the channel. */
static void follow(void)
{
	close(theirs);
	theirs = -1;
	look_at_all();
	for (;;) {
		struct pollfd polled[] = { { .fd = mine, .events = POLLIN }, { .fd = events, .events = POLLIN } };
		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			return;
		if (polled[0].revents)
			return;
		if (polled[1].revents)
			take_events();
	}
}

void names_follow(struct parent *of)
{
	parent = of;
	names = calloc(parent->options->source_count + 1, sizeof *names);
	for (uint32_t i = 0; names && i < parent->options->source_count; i++) {
		struct stat st;
		if (fstat(parent->sources[i], &st) || !S_ISREG(st.st_mode) || !find_name(i, &names[count]))
			continue;
		if (watch(&names[count]))
			count++;
		else
			close(names[count].directory);
	}
	if (count)
		parent->meanwhile = follow;
}

int names_channel(void)
{
	int ends[2];
	/* Of a child that never served. */
	close(mine);
	close(theirs);
	mine = theirs = -1;
	look_at_all();
	if (!count || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -1;
	mine = ends[0];
	theirs = ends[1];
	return theirs;
}

void names_let_go(void)
{
	close(mine);
	close(events);
	for (size_t i = 0; i < count; i++)
		close(names[i].directory);
}
