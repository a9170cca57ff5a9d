#define _GNU_SOURCE
#include "fuse_carry.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fuse_poke.h"
#include "mount_protocol.h"

/* Acknowledged in batches: each costs a frame, and the window is four times this. */
#define NOTIFIED_BATCH (MOUNT_NOTIFY_WINDOW / 4)

/*
 * Four threads. Requests: kernel to port. Replies: port to kernel, never waiting for anything but the port. Pokes: see
 * fuse_poke.h. Notifications
 * have a thread of their own because the kernel makes an invalidation wait for pages and directories that are locked by
 * requests whose replies come behind it in the stream.
 */
struct notification {
	struct notification *next;
	uint32_t length;
	char frame[];
};

static struct {
	int kernel, port;
	const char *drop_caches;
	/* Guards the port's write side: requests and acknowledgements are whole frames. */
	pthread_mutex_t sending;
	/* Guards what follows. The list is owned by this struct; who takes an entry out frees it. */
	pthread_mutex_t queue;
	pthread_cond_t queued;
	struct notification *first, **last;
	uint64_t notified;
} pump = {
	.sending = PTHREAD_MUTEX_INITIALIZER,
	.queue = PTHREAD_MUTEX_INITIALIZER,
	.queued = PTHREAD_COND_INITIALIZER,
};

/* The pump is its process: when one direction ends, so does everything, and the mount answers ENOTCONN. */
static _Noreturn void finish(int status)
{
	_exit(status);
}

static void *allocate(size_t size)
{
	void *memory = malloc(size);
	if (!memory)
		finish(ENOMEM);
	return memory;
}

static void send_to_port(const void *frame, size_t length)
{
	pthread_mutex_lock(&pump.sending);
	for (const char *at = frame; length;) {
		ssize_t written = write(pump.port, at, length);
		if (written > 0) {
			at += written;
			length -= (size_t)written;
		} else if (written < 0 && errno == EAGAIN) {
			poll(&(struct pollfd){ .fd = pump.port, .events = POLLOUT }, 1, -1);
		} else if (written < 0 && errno != EINTR) {
			finish(errno);
		}
	}
	pthread_mutex_unlock(&pump.sending);
}

static _Noreturn void carry_requests(void)
{
	char *frame = allocate(MOUNT_MAX_FRAME);
	for (;;) {
		ssize_t length = read(pump.kernel, frame, MOUNT_MAX_FRAME);
		if (length > 0)
			send_to_port(frame, (size_t)length);
		/* ENOENT: the request was withdrawn while it was read. ENODEV: unmounted. */
		else if (length < 0 && errno == ENODEV)
			finish(0);
		else if (length < 0 && errno != ENOENT && errno != EINTR && errno != EAGAIN)
			finish(errno);
	}
}

/*
 * Reads at least one byte. A virtio port whose other end has never been opened reads as empty at once and has nothing to
 * wait on, so there it looks again now and then; an end that went away is the end.
 */
static size_t receive(char *buffer, size_t room)
{
	static bool connected;
	long pause_ns = 1000000;
	for (;;) {
		ssize_t length = read(pump.port, buffer, room);
		if (length > 0) {
			connected = true;
			return (size_t)length;
		}
		if (length < 0 && errno == EAGAIN) {
			poll(&(struct pollfd){ .fd = pump.port, .events = POLLIN }, 1, -1);
			if (connected)
				continue;
		} else if (length < 0 && errno != EINTR) {
			finish(errno);
		}
		struct stat port;
		if (connected || fstat(pump.port, &port) || !S_ISCHR(port.st_mode))
			finish(0);
		nanosleep(&(struct timespec){ .tv_nsec = pause_ns }, NULL);
		if (pause_ns < 32000000)
			pause_ns *= 2;
	}
}

/* A refused frame (the request was interrupted, the name is not cached) is nobody's fault. */
static void give_to_kernel(const void *frame, size_t length)
{
	if (write(pump.kernel, frame, length) < 0 && errno == ENODEV)
		finish(0);
}

static void note_handled(uint64_t count)
{
	pthread_mutex_lock(&pump.queue);
	pump.notified += count;
	pthread_cond_signal(&pump.queued);
	pthread_mutex_unlock(&pump.queue);
}

static void take_notification(const struct fuse_out_header *head)
{
	const struct fuse_notify_inval_inode_out *inode = (const void *)(head + 1);
	/*
	 * Without a range it only outdates attributes, which waits for nothing; sent from here it is in force before a reply
	 * behind it.
	 */
	if (head->error == FUSE_NOTIFY_INVAL_INODE && head->len == sizeof *head + sizeof *inode && inode->off < 0) {
		give_to_kernel(head, head->len);
		note_handled(1);
		return;
	}
	struct notification *entry = allocate(sizeof *entry + head->len);
	entry->next = NULL;
	entry->length = head->len;
	memcpy(entry->frame, head, head->len);
	pthread_mutex_lock(&pump.queue);
	*pump.last = entry;
	pump.last = &entry->next;
	pthread_cond_signal(&pump.queued);
	pthread_mutex_unlock(&pump.queue);
}

static void *carry_replies(void *unused)
{
	(void)unused;
	char *buffer = allocate(MOUNT_MAX_FRAME);
	size_t filled = 0;
	for (;;) {
		filled += receive(buffer + filled, MOUNT_MAX_FRAME - filled);
		size_t used = 0;
		while (filled - used >= sizeof(struct fuse_out_header)) {
			struct fuse_out_header head;
			memcpy(&head, buffer + used, sizeof head);
			if (head.len < sizeof head || head.len > MOUNT_MAX_FRAME)
				finish(EPROTO);
			if (filled - used < head.len)
				break;
			/* Frames need not be aligned in the stream. */
			if (used % _Alignof(struct fuse_out_header)) {
				memmove(buffer, buffer + used, filled - used);
				filled -= used;
				used = 0;
			}
			if (head.unique)
				give_to_kernel(buffer + used, head.len);
			else
				take_notification((const void *)(buffer + used));
			used += head.len;
		}
		memmove(buffer, buffer + used, filled - used);
		filled -= used;
	}
	return NULL;
}

static void forget_absent(void)
{
	int fd = pump.drop_caches ? open(pump.drop_caches, O_WRONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	if (write(fd, "2", 1) < 0)
		finish(errno);
	close(fd);
}

static void *carry_notifications(void *unused)
{
	(void)unused;
	uint64_t told = 0;
	for (;;) {
		pthread_mutex_lock(&pump.queue);
		while (!pump.first && pump.notified - told < NOTIFIED_BATCH)
			pthread_cond_wait(&pump.queued, &pump.queue);
		struct notification *entry = pump.first;
		if (entry) {
			pump.first = entry->next;
			if (!pump.first)
				pump.last = &pump.first;
		}
		uint64_t notified = pump.notified;
		pthread_mutex_unlock(&pump.queue);

		if (entry) {
			const struct fuse_out_header *head = (const void *)entry->frame;
			if (head->error == MOUNT_ASK_WATCHED || head->error == MOUNT_POKE)
				fuse_poke_take(head);
			else if (head->error == MOUNT_FORGET_ABSENT)
				forget_absent();
			else
				give_to_kernel(head, entry->length);
			free(entry);
			note_handled(1);
			notified++;
		}
		if (notified - told < NOTIFIED_BATCH)
			continue;
		struct {
			struct fuse_in_header head;
			uint64_t notified;
		} acknowledgement = { .head = { .len = sizeof acknowledgement, .opcode = MOUNT_NOTIFIED },
				      .notified = notified };
		send_to_port(&acknowledgement, sizeof acknowledgement);
		told = notified;
	}
	return NULL;
}

static void start_thread(void *(*body)(void *), void *argument)
{
	pthread_t thread;
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN + 65536);
	int error = pthread_create(&thread, &attributes, body, argument);
	if (error)
		finish(error);
}

void fuse_carry(int kernel, int port, const struct fuse_pump *options)
{
	pump.kernel = kernel;
	pump.port = port;
	pump.drop_caches = options->drop_caches;
	pump.last = &pump.first;
	struct fuse_poke poke = { .mountpoint = options->mountpoint, .processes = options->processes, .send = send_to_port };
	start_thread(carry_replies, NULL);
	start_thread(carry_notifications, NULL);
	start_thread(fuse_poke, &poke);
	carry_requests();
}
