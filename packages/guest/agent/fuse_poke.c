#define _GNU_SOURCE
#include "fuse_poke.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "watched.h"

#define HANDLE_TYPE 0x81

struct node_handle {
	/* Ends where `parts`, its content, begins. */
	struct file_handle head;
	uint32_t parts[3];
};

/* An inode that is in the kernel's cache, as watched ones are; the working directory says which file system. */
static int open_node(struct mount_node node)
{
	struct node_handle handle = {
		.head = { .handle_bytes = sizeof handle.parts, .handle_type = HANDLE_TYPE },
		.parts = { (uint32_t)(node.id >> 32), (uint32_t)node.id, (uint32_t)node.generation },
	};
	return open_by_handle_at(AT_FDCWD, &handle.head, O_PATH | O_CLOEXEC);
}

static int open_directory(struct mount_node node, const char *path)
{
	int directory = open_node(node);
	return directory >= 0 || !*path ? directory : open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* By the name where the directory is known: the event then reaches who watches the directory, too. */
static int open_file(const struct mount_poke *poke)
{
	int directory = poke->directory.id ? open_directory(poke->directory, poke->directory_path) : -1;
	int file = directory < 0 ? -1 : openat(directory, poke->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (directory >= 0)
		close(directory);
	return file >= 0 || !poke->file.id ? file : open_node(poke->file);
}

static int change_state(const struct mount_poke *poke)
{
	char path[32];
	int file = open_file(poke);
	if (file < 0)
		return -1;
	snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	/* As it is: the server changes nothing. */
	int result = poke->kind == POKE_MODIFY ? truncate(path, (off_t)poke->size) : chmod(path, poke->mode & 07777);
	int error = errno;
	close(file);
	errno = error;
	return result;
}

static int change_name(const struct mount_poke *poke, int directory, int to)
{
	mode_t kind = poke->mode & S_IFMT;
	switch (poke->kind) {
	case POKE_CREATE:
		if (kind == S_IFDIR)
			return mkdirat(directory, poke->name, poke->mode & 07777);
		if (kind == S_IFLNK)
			return symlinkat(".", directory, poke->name);
		return mknodat(directory, poke->name, poke->mode, 0);
	case POKE_DELETE:
		return unlinkat(directory, poke->name, kind == S_IFDIR ? AT_REMOVEDIR : 0);
	case POKE_MOVE:
		return renameat(directory, poke->name, to, poke->new_name);
	default:
		errno = EINVAL;
		return -1;
	}
}

static int change_names(const struct mount_poke *poke)
{
	int directory = open_directory(poke->directory, poke->directory_path);
	int to = poke->kind == POKE_MOVE ? open_directory(poke->to, poke->to_path) : -1;
	int result = directory < 0 || (poke->kind == POKE_MOVE && to < 0) ? -1 : change_name(poke, directory, to);
	int error = errno;
	if (directory >= 0)
		close(directory);
	if (to >= 0)
		close(to);
	errno = error;
	return result;
}

static void do_poke(const struct fuse_poke *options, const struct mount_poke *poke)
{
	int result = poke->kind == POKE_MODIFY || poke->kind == POKE_ATTRIB ? change_state(poke) : change_names(poke);
	struct {
		struct fuse_in_header head;
		struct mount_poked body;
	} answer = { .head = { .len = sizeof answer, .opcode = MOUNT_POKED, .pid = (uint32_t)gettid() },
		     .body = { poke->serial, result ? (uint64_t)errno : 0 } };
	options->send(&answer, sizeof answer);
}

/* As /proc/PID/fdinfo writes it: the kernel's own form. */
static uint32_t device_here(void)
{
	struct statx here;
	/* What is known is enough: nothing is asked of the server. */
	if (statx(AT_FDCWD, ".", AT_STATX_DONT_SYNC, STATX_INO, &here))
		return 0;
	return here.stx_dev_major << 20 | here.stx_dev_minor;
}

static void tell_watched(const struct fuse_poke *options)
{
	static struct {
		struct fuse_in_header head;
		uint64_t nodes[MOUNT_MOST_WATCHED];
	} answer;
	size_t count = watched_nodes(options->processes, device_here(), answer.nodes, MOUNT_MOST_WATCHED);
	uint32_t length = (uint32_t)(sizeof answer.head + count * sizeof *answer.nodes);
	answer.head = (struct fuse_in_header){ .len = length, .opcode = MOUNT_WATCHED, .pid = (uint32_t)gettid() };
	options->send(&answer, length);
}

/* What the thread has to do: at most one of each kind, as the server waits for the answer. */
static struct {
	pthread_mutex_t guard;
	pthread_cond_t changed;
	bool is_asked, is_poked;
	struct mount_poke poke;
} wanted = { .guard = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

void fuse_poke_take(const struct fuse_out_header *frame)
{
	pthread_mutex_lock(&wanted.guard);
	if (frame->error == MOUNT_ASK_WATCHED) {
		wanted.is_asked = true;
	} else if (frame->len == sizeof *frame + sizeof wanted.poke) {
		memcpy(&wanted.poke, frame + 1, sizeof wanted.poke);
		wanted.is_poked = true;
	}
	pthread_cond_signal(&wanted.changed);
	pthread_mutex_unlock(&wanted.guard);
}

/* True for a poke, which is copied; false for a question. */
static bool next(struct mount_poke *poke)
{
	pthread_mutex_lock(&wanted.guard);
	while (!wanted.is_asked && !wanted.is_poked)
		pthread_cond_wait(&wanted.changed, &wanted.guard);
	bool is_poke = !wanted.is_asked;
	if (is_poke)
		*poke = wanted.poke;
	*(is_poke ? &wanted.is_poked : &wanted.is_asked) = false;
	pthread_mutex_unlock(&wanted.guard);
	return is_poke;
}

void *fuse_poke(void *argument)
{
	const struct fuse_poke *options = argument;
	static struct mount_poke poke;
	bool is_inside = false;
	umask(0);
	for (;;) {
		bool is_poke = next(&poke);
		/* Not before it is needed: it waits for the server. The working directory is this thread's own. */
		if (!is_inside)
			is_inside = !unshare(CLONE_FS) && !chdir(options->mountpoint);
		if (is_poke)
			do_poke(options, &poke);
		else
			tell_watched(options);
	}
	return NULL;
}
