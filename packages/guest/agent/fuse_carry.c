#define _GNU_SOURCE
#include "fuse_carry.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuse_poke.h"
#include "mount_protocol.h"
#include "port_receive.h"
#include "text_file.h"
#include "unanswered.h"

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
	/* Taken from the port, handed to the kernel, and how many were taken when the server that is there said hello. */
	uint64_t received, notified, base;
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

/* The caller holds `sending`. */
static void write_to_port(const void *frame, size_t length)
{
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
}

static void send_to_port(const void *frame, size_t length)
{
	pthread_mutex_lock(&pump.sending);
	write_to_port(frame, length);
	pthread_mutex_unlock(&pump.sending);
}

/* In a thread of its own: the server may have to send answers before it can take more. */
static void *say_hello_back(void *nonce)
{
	struct mount_hello_back back = { .head = { .len = sizeof back, .opcode = MOUNT_HELLO_BACK } };
	memcpy(&back.nonce, nonce, sizeof back.nonce);
	free(nonce);
	pthread_mutex_lock(&pump.sending);
	write_to_port(&back, sizeof back);
	struct unanswered *request;
	for (uint64_t last = 0; (request = unanswered_after(last)); free(request)) {
		write_to_port(request->frame, request->length);
		last = request->number;
	}
	pthread_mutex_unlock(&pump.sending);
	return NULL;
}

static _Noreturn void carry_requests(void)
{
	char *frame = allocate(MOUNT_MAX_FRAME);
	for (;;) {
		ssize_t length = read(pump.kernel, frame, MOUNT_MAX_FRAME);
		if (length > 0) {
			pthread_mutex_lock(&pump.sending);
			unanswered_keep((const void *)frame);
			write_to_port(frame, (size_t)length);
			pthread_mutex_unlock(&pump.sending);
		}
		/* ENOENT: the request was withdrawn while it was read. ENODEV: unmounted. */
		else if (length < 0 && errno == ENODEV)
			finish(0);
		else if (length < 0 && errno != ENOENT && errno != EINTR && errno != EAGAIN)
			finish(errno);
	}
}

/* A refused frame (an interrupted request, a name that is not cached) is nobody's fault. */
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

static void start_thread(void *(*body)(void *), void *argument)
{
	pthread_t thread;
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN + 65536);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	int error = pthread_create(&thread, &attributes, body, argument);
	if (error)
		finish(error);
}

static void take_hello(const struct fuse_out_header *head)
{
	if (head->len != sizeof(struct mount_hello))
		finish(EPROTO);
	pthread_mutex_lock(&pump.queue);
	pump.base = pump.received;
	pthread_mutex_unlock(&pump.queue);
	uint64_t *nonce = allocate(sizeof *nonce);
	memcpy(nonce, head + 1, sizeof *nonce);
	start_thread(say_hello_back, nonce);
}

static void take_notification(const struct fuse_out_header *head)
{
	if (head->error == MOUNT_HELLO) {
		take_hello(head);
		return;
	}
	pump.received++;
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
		size_t count = port_receive(pump.port, buffer + filled, MOUNT_MAX_FRAME - filled);
		/* What the next one sends begins with a whole frame. */
		filled = count ? filled + count : 0;
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
			if (head.unique) {
				give_to_kernel(buffer + used, head.len);
				unanswered_done(head.unique);
			} else
				take_notification((const void *)(buffer + used));
			used += head.len;
		}
		memmove(buffer, buffer + used, filled - used);
		filled -= used;
	}
}

/* Without the file absent names are forgotten when their time is over. */
static void forget_absent(void)
{
	if (pump.drop_caches)
		text_file_write(pump.drop_caches, "2");
}

/* Tells the server when a batch has been handled since `told`; what was told now. */
static uint64_t acknowledge(uint64_t told)
{
	pthread_mutex_lock(&pump.queue);
	bool due = pump.notified - told >= NOTIFIED_BATCH;
	pthread_mutex_unlock(&pump.queue);
	if (!due)
		return told;
	/* Within `sending`, so that what is meant for a server before comes before the next one's hello. */
	pthread_mutex_lock(&pump.sending);
	pthread_mutex_lock(&pump.queue);
	uint64_t notified = pump.notified, base = pump.base;
	pthread_mutex_unlock(&pump.queue);
	struct {
		struct fuse_in_header head;
		uint64_t notified;
	} acknowledgement = { .head = { .len = sizeof acknowledgement, .opcode = MOUNT_NOTIFIED },
			      .notified = notified - base };
	if (notified > base)
		write_to_port(&acknowledgement, sizeof acknowledgement);
	pthread_mutex_unlock(&pump.sending);
	return notified;
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
		}
		told = acknowledge(told);
	}
	return NULL;
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
