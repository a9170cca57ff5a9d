#include "locks.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "server.h"
#include "states.h"

/* More than any guest needs; keeps a hostile one from eating the host's descriptors and memory. */
#define MOST_HOLDERS 8192
#define MOST_WAITERS 4096

/* The host's kernel can tell of a free lock only whoever sleeps for it, and there is one thread. */
#define FIRST_RETRY_MS 1
#define LAST_RETRY_MS 25

static int64_t now_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void look_soon(struct locks *locks)
{
	locks->due = 0;
	locks->pause_ms = FIRST_RETRY_MS;
}

static struct lock_holder *find(const struct locks *locks, uint64_t inode, uint64_t owner, enum lock_kind kind)
{
	struct lock_holder *holder = locks->holders;
	while (holder && (holder->inode != inode || holder->owner != owner || holder->kind != kind))
		holder = holder->next;
	return holder;
}

/* For writing, which an exclusive lock of a range asks for; where that can't be, the kernel will refuse such a lock. */
static int open_to_lock(const struct server *server, const struct inode *inode, enum lock_kind kind)
{
	struct fd_name name = fd_name(inode_fd(inode));
	int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd = kind == LOCK_KIND_FCNTL ? openat(server->descriptors, name.text, flags | O_RDWR) : -1;
	return fd >= 0 ? fd : openat(server->descriptors, name.text, flags | O_RDONLY);
}

/* The holder, made when there is none. NULL with errno. */
static struct lock_holder *holder_of(struct server *server, const struct inode *inode, uint64_t owner,
				     enum lock_kind kind)
{
	struct locks *locks = &server->locks;
	struct lock_holder *holder = find(locks, inode->id, owner, kind);
	if (holder)
		return holder;
	errno = ENOLCK;
	if (inode->type != S_IFREG || locks->holder_count >= MOST_HOLDERS || !(holder = malloc(sizeof *holder)))
		return NULL;
	int fd = open_to_lock(server, inode, kind);
	if (fd < 0) {
		free(holder);
		return NULL;
	}
	*holder = (struct lock_holder){ .inode = inode->id, .owner = owner, .kind = kind, .fd = fd, .next = locks->holders };
	locks->holders = holder;
	locks->holder_count++;
	return holder;
}

/* Takes a waiter out of the list and answers. */
static void answer_waiter(struct locks *locks, struct lock_waiter **at, int error)
{
	struct lock_waiter *waiter = *at;
	*at = waiter->next;
	locks->waiter_count--;
	fuse_reply_err(waiter->request, error);
	free(waiter);
}

static void remove_holder(struct locks *locks, struct lock_holder **at)
{
	struct lock_holder *holder = *at;
	for (struct lock_waiter **waiter = &locks->waiting; *waiter;) {
		if ((*waiter)->holder == holder)
			answer_waiter(locks, waiter, EINTR);
		else
			waiter = &(*waiter)->next;
	}
	*at = holder->next;
	locks->holder_count--;
	close(holder->fd);
	free(holder);
	look_soon(locks);
}

void locks_drop(struct server *server, uint64_t inode, uint64_t owner, enum lock_kind kind)
{
	for (struct lock_holder **at = &server->locks.holders; *at; at = &(*at)->next)
		if ((*at)->inode == inode && (*at)->owner == owner && (*at)->kind == kind) {
			remove_holder(&server->locks, at);
			return;
		}
}

void locks_drop_handle(struct server *server, uint64_t handle)
{
	for (struct lock_holder **at = &server->locks.holders; handle && *at;) {
		if ((*at)->handle == handle)
			remove_holder(&server->locks, at);
		else
			at = &(*at)->next;
	}
}

void locks_forget(struct server *server, uint64_t inode)
{
	for (struct lock_holder **at = &server->locks.holders; *at;) {
		if ((*at)->inode == inode)
			remove_holder(&server->locks, at);
		else
			at = &(*at)->next;
	}
}

/* 0, or an errno; EAGAIN when somebody else has it. */
static int attempt(const struct lock_holder *holder, const struct flock *range, int operation)
{
	int result = holder->kind == LOCK_KIND_FLOCK ? flock(holder->fd, operation | LOCK_NB)
						     : fcntl(holder->fd, F_OFD_SETLK, range);
	if (result == 0)
		return 0;
	return errno == EACCES || errno == EWOULDBLOCK ? EAGAIN : errno;
}

/* Whoever has a lock sees all that others have written until now. */
static void outdate(struct server *server, uint64_t id)
{
	struct inode *inode = inodes_get(&server->inodes, id);
	struct stat st;
	if (!inode || fstat(inode_fd(inode), &st))
		return;
	/* The first is in force before the answer that grants the lock. */
	notify_attributes(server, inode);
	tell_if_changed(server, inode, &st);
}

static void wait_for(fuse_req_t request, struct lock_holder *holder, const struct flock *range, int operation)
{
	struct server *server = fuse_req_userdata(request);
	struct locks *locks = &server->locks;
	struct lock_waiter *waiter = locks->waiter_count < MOST_WAITERS ? malloc(sizeof *waiter) : NULL;
	if (!waiter) {
		fuse_reply_err(request, ENOLCK);
		return;
	}
	*waiter = (struct lock_waiter){ .request = request, .unique = server->unique, .holder = holder,
					.range = *range, .operation = operation };
	/* Behind those who have waited longer. */
	struct lock_waiter **last = &locks->waiting;
	while (*last)
		last = &(*last)->next;
	*last = waiter;
	locks->waiter_count++;
	look_soon(locks);
}

static void finish(fuse_req_t request, struct lock_holder *holder, const struct flock *range, int operation, bool waits)
{
	struct server *server = fuse_req_userdata(request);
	int error = attempt(holder, range, operation);
	if (error == EAGAIN && waits) {
		wait_for(request, holder, range, operation);
		return;
	}
	if (!error)
		outdate(server, holder->inode);
	/* What was taken back, or made weaker, is free for others. */
	look_soon(&server->locks);
	fuse_reply_err(request, error);
}

void lock_range(fuse_req_t request, struct inode *inode, const struct fuse_file_info *file, const struct flock *range,
		bool waits)
{
	struct server *server = fuse_req_userdata(request);
	struct lock_holder *holder = find(&server->locks, inode->id, file->lock_owner, LOCK_KIND_FCNTL);
	if (!holder && range->l_type == F_UNLCK) {
		fuse_reply_err(request, 0);
		return;
	}
	if (!holder)
		holder = holder_of(server, inode, file->lock_owner, LOCK_KIND_FCNTL);
	if (!holder) {
		fuse_reply_err(request, errno);
		return;
	}
	if (file->fh & HANDLE_UNFLUSHED)
		holder->handle = file->fh;
	/* What is not asked for must be zero. */
	const struct flock wanted = { .l_type = range->l_type, .l_whence = SEEK_SET, .l_start = range->l_start,
				      .l_len = range->l_len };
	finish(request, holder, &wanted, 0, waits);
}

void lock_whole(fuse_req_t request, struct inode *inode, const struct fuse_file_info *file, int operation)
{
	struct server *server = fuse_req_userdata(request);
	int kind = operation & (LOCK_SH | LOCK_EX | LOCK_UN);
	if (kind == LOCK_UN) {
		locks_drop(server, inode->id, file->lock_owner, LOCK_KIND_FLOCK);
		fuse_reply_err(request, 0);
		return;
	}
	struct lock_holder *holder = kind == LOCK_SH || kind == LOCK_EX
					     ? holder_of(server, inode, file->lock_owner, LOCK_KIND_FLOCK)
					     : (errno = EINVAL, NULL);
	if (!holder) {
		fuse_reply_err(request, errno);
		return;
	}
	finish(request, holder, &(struct flock){ 0 }, kind, !(operation & LOCK_NB));
}

void lock_test(fuse_req_t request, struct inode *inode, uint64_t owner, struct flock range)
{
	struct server *server = fuse_req_userdata(request);
	struct lock_holder *holder = find(&server->locks, inode->id, owner, LOCK_KIND_FCNTL);
	int fd = holder ? holder->fd : open_to_lock(server, inode, LOCK_KIND_FCNTL);
	range.l_pid = 0;
	range.l_whence = SEEK_SET;
	int error = fd < 0 || fcntl(fd, F_OFD_GETLK, &range) ? errno : 0;
	if (!holder && fd >= 0)
		close(fd);
	if (error) {
		fuse_reply_err(request, error);
		return;
	}
	/* Processes of the host, and of other machines, have no number in this one. */
	range.l_pid = 0;
	fuse_reply_lock(request, &range);
}

void locks_interrupt(struct server *server, uint64_t unique)
{
	for (struct lock_waiter **at = &server->locks.waiting; *at; at = &(*at)->next)
		if ((*at)->unique == unique) {
			answer_waiter(&server->locks, at, EINTR);
			return;
		}
}

int locks_timeout(const struct server *server)
{
	if (!server->locks.waiting)
		return -1;
	int64_t left = server->locks.due - now_ms();
	return left > 0 ? (int)left : 0;
}

void locks_retry(struct server *server)
{
	struct locks *locks = &server->locks;
	int64_t now = locks->waiting ? now_ms() : 0;
	if (!locks->waiting || now < locks->due)
		return;
	locks->due = now + locks->pause_ms;
	locks->pause_ms = locks->pause_ms * 2 < LAST_RETRY_MS ? locks->pause_ms * 2 : LAST_RETRY_MS;
	for (struct lock_waiter **at = &locks->waiting; *at;) {
		int error = attempt((*at)->holder, &(*at)->range, (*at)->operation);
		if (error == EAGAIN) {
			at = &(*at)->next;
			continue;
		}
		if (!error)
			outdate(server, (*at)->holder->inode);
		answer_waiter(locks, at, error);
	}
}
