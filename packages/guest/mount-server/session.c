#include "session.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"
#include "frames.h"
#include "operations.h"
#include "shape.h"

/* Sends one whole frame. The stream may be slow: everything else waits, and so does the guest. */
static ssize_t send_frame(int fd, struct iovec *parts, int count, void *userdata)
{
	ssize_t total = 0;
	const struct server *server = userdata;
	for (int i = 0; server->silent && i < count; i++)
		total += (ssize_t)parts[i].iov_len;
	if (server->silent)
		return total;
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = (size_t)count };
	while (message.msg_iovlen) {
		ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -1;
		total += sent;
		while (message.msg_iovlen && (size_t)sent >= message.msg_iov->iov_len) {
			sent -= (ssize_t)message.msg_iov->iov_len;
			message.msg_iov++;
			message.msg_iovlen--;
		}
		if (message.msg_iovlen) {
			message.msg_iov->iov_base = (char *)message.msg_iov->iov_base + sent;
			message.msg_iov->iov_len -= (size_t)sent;
		}
	}
	return total;
}

/* libfuse asks for one; requests are read in frames.c and handed to it. */
static ssize_t read_nothing(int fd, void *buffer, size_t size, void *userdata)
{
	(void)fd, (void)buffer, (void)size, (void)userdata;
	errno = ENOTSUP;
	return -1;
}

static void negotiate(void *userdata, struct fuse_conn_info *connection)
{
	struct server *server = userdata;
	/*
	 * Not: WRITEBACK_CACHE (two VMs that append would overwrite each other), ATOMIC_O_TRUNC (without open it would be
	 * lost), HANDLE_KILLPRIV (the guest's kernel clears set-id bits, here they stay as it says), SPLICE_*.
	 */
	connection->want = connection->capable &
			   (FUSE_CAP_ASYNC_READ | FUSE_CAP_ASYNC_DIO | FUSE_CAP_AUTO_INVAL_DATA | FUSE_CAP_READDIRPLUS |
			    FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_CACHE_SYMLINKS);
	/* Elsewhere the guest's kernel keeps them by itself, which costs nothing. */
	if (server->options->profile == PROFILE_LOCKING)
		connection->want |= connection->capable & (FUSE_CAP_POSIX_LOCKS | FUSE_CAP_FLOCK_LOCKS);
	connection->max_write = MOUNT_MAX_DATA;
	connection->max_readahead = MOUNT_MAX_DATA;
	connection->max_background = 64;
	connection->congestion_threshold = 48;
	connection->time_gran = 1;
}

/* What is missing here and in shape.c is refused with ENOSYS, which the kernel remembers: create becomes mknod. */
static const struct fuse_lowlevel_ops operations = {
	.init = negotiate,
	.lookup = op_lookup,
	.forget = op_forget,
	.forget_multi = op_forget_multi,
	.getattr = op_getattr,
	.setattr = op_setattr,
	.readlink = op_readlink,
	.mknod = op_mknod,
	.mkdir = op_mkdir,
	.symlink = op_symlink,
	.link = op_link,
	.unlink = op_unlink,
	.rmdir = op_rmdir,
	.rename = op_rename,
	.open = op_open,
	.flush = op_flush,
	.release = op_release,
	.getlk = op_getlk,
	.setlk = op_setlk,
	.flock = op_flock,
	.read = op_read,
	.write = op_write,
	.fsync = op_fsync,
	.fallocate = op_fallocate,
	.lseek = op_lseek,
	.copy_file_range = op_copy_file_range,
	.opendir = op_opendir,
	.readdir = op_readdir,
	.readdirplus = op_readdirplus,
	.fsyncdir = op_fsyncdir,
	.statfs = op_statfs,
	.setxattr = op_setxattr,
	.getxattr = op_getxattr,
	.listxattr = op_listxattr,
	.removexattr = op_removexattr,
};

static void refuse(struct server *server, const struct fuse_in_header *frame, int error)
{
	struct fuse_out_header answer = { .len = sizeof answer, .error = -error, .unique = frame->unique };
	struct iovec part = { .iov_base = &answer, .iov_len = sizeof answer };
	send_frame(fuse_session_fd(server->session), &part, 1, server);
}

/* The next server will have to begin with it. */
static void note_init(struct server *server, const struct fuse_in_header *frame)
{
	struct ledger *ledger = server->inodes.ledger;
	if (frame->opcode == FUSE_INIT && !ledger->init.head.len && frame->len <= sizeof ledger->init)
		memcpy(&ledger->init, frame, frame->len);
}

/*
 * A part of a poke that a server before had begun: it was never meant to be done, and must not be now that nobody remembers the poke.
 */
static bool is_stray_poke(const struct server *server, const struct fuse_in_header *frame)
{
	return frame->pid && frame->pid == server->pokes.thread && !server->pokes.is_active &&
	       frame->opcode != FUSE_FORGET && frame->opcode != FUSE_BATCH_FORGET && frame->opcode != FUSE_INTERRUPT;
}

static void take_frame(struct server *server, const struct fuse_in_header *frame)
{
	if (frame->opcode == MOUNT_NOTIFIED) {
		if (frame->len != sizeof *frame + sizeof(uint64_t) ||
		    !notify_handled(server, *(const uint64_t *)(frame + 1)))
			_exit(1);
		return;
	}
	notify_anew(server);
	if (frame->opcode == MOUNT_WATCHED || frame->opcode == MOUNT_POKED) {
		bool makes_sense = frame->opcode == MOUNT_WATCHED ? pokes_take_watched(server, frame) :
								    pokes_take_done(server, frame);
		/* It may be meant for a server before. */
		if (!makes_sense && !server->resumed)
			_exit(1);
		return;
	}
	if (server->resumed && is_stray_poke(server, frame)) {
		refuse(server, frame, EINTR);
		return;
	}
	server->unique = frame->unique;
	switch (shape_of_request(frame, frame->len)) {
	case SHAPE_INTERRUPT:
		locks_interrupt(server, ((const struct fuse_interrupt_in *)(frame + 1))->unique);
		break;
	case SHAPE_GOOD:
		note_init(server, frame);
		fuse_session_process_buf(server->session,
					 &(struct fuse_buf){ .mem = (void *)frame, .size = frame->len });
		break;
	case SHAPE_BAD:
		refuse(server, frame, EINVAL);
		break;
	case SHAPE_LONG_NAME:
		refuse(server, frame, ENAMETOOLONG);
		break;
	case SHAPE_UNKNOWN:
		refuse(server, frame, ENOSYS);
		break;
	case SHAPE_IGNORED:
		break;
	}
}

static void take_whole_frames(struct server *server, struct frames *frames)
{
	const struct fuse_in_header *frame;
	enum frame_result result;
	while ((result = frames_take(frames, &frame)) == FRAME_WHOLE)
		take_frame(server, frame);
	if (result == FRAME_BROKEN)
		_exit(1);
}

/* Ends the process when the stream ends or makes no sense. */
static void take_requests(struct server *server, struct frames *frames)
{
	long count = frames_fill(frames, fuse_session_fd(server->session));
	if (count == -EINTR || count == -EAGAIN)
		return;
	if (count <= 0)
		_exit(0);
	take_whole_frames(server, frames);
}

/* Takes a server's place that has died. */
static void resume(struct server *server)
{
	struct ledger *ledger = server->inodes.ledger;
	inodes_restore(&server->inodes);
	server->resumed = true;
	server->pokes.thread = ledger->poke_thread;
	server->silent = true;
	fuse_session_process_buf(server->session,
				 &(struct fuse_buf){ .mem = &ledger->init, .size = ledger->init.head.len });
	server->silent = false;
	for (uint64_t id = ROOT_ID + 1; id < server->inodes.slot_count; id++) {
		struct inode *inode = inodes_get(&server->inodes, id);
		if (inode && inode->parent == ROOT_ID)
			replacement_known_as(server, inode);
		if (inode && (inode->type == S_IFDIR || inode->parent == ROOT_ID))
			watch_inode(server, inode);
	}
	/* Whatever has changed meanwhile nobody has seen. */
	server->host_events.scan_next = ROOT_ID + 1;
}

struct server *open_session(const struct options *options, int socket, int channel, const struct cage *cage,
			    struct ledger *ledger)
{
	static struct server server;
	server.options = options;
	server.descriptors = cage->descriptors;
	inodes_init(&server.inodes, cage->root, ledger);
	replacements_init(&server, channel);
	host_events_init(&server.host_events);
	catch_up_init(&server.catch_up);
	struct fuse_args arguments = FUSE_ARGS_INIT(1, (char *[]){ "mount-server" });
	server.session = fuse_session_new(&arguments, &operations, sizeof operations, &server);
	const struct fuse_custom_io io = { .read = read_nothing, .writev = send_frame };
	if (!server.session || fuse_session_custom_io(server.session, &io, socket))
		fail("FUSE session");
	if (ledger->init.head.len)
		resume(&server);
	return &server;
}

/* The shorter of two timeouts, of which -1 is the longest. */
static int sooner(int a, int b)
{
	return (unsigned)a < (unsigned)b ? a : b;
}

/*
 * Says hello, and drops what comes until it has come back: bytes that were meant for a server before, perhaps from the middle of a
 * frame. What is behind it begins with a whole frame.
 */
static void greet(struct server *server, struct frames *frames)
{
	struct mount_hello hello = { .head = { .len = sizeof hello, .error = MOUNT_HELLO } };
	if (getrandom(&hello.nonce, sizeof hello.nonce, 0) != sizeof hello.nonce)
		_exit(1);
	struct iovec part = { .iov_base = &hello, .iov_len = sizeof hello };
	send_frame(fuse_session_fd(server->session), &part, 1, server);
	const struct mount_hello_back awaited = { .head = { .len = sizeof awaited, .opcode = MOUNT_HELLO_BACK },
						  .nonce = hello.nonce };
	while (!frames_skip_past(frames, &awaited, sizeof awaited)) {
		long count = frames_fill(frames, fuse_session_fd(server->session));
		if (count <= 0 && count != -EINTR)
			_exit(0);
	}
	if (server->inodes.ledger->init.head.len)
		notify_absent(server);
}

void serve(struct server *server)
{
	static struct frames frames;
	greet(server, &frames);
	take_whole_frames(server, &frames);
	for (;;) {
		struct pollfd polled[] = {
			{ .fd = fuse_session_fd(server->session), .events = POLLIN },
			{ .fd = host_events_wanted(server) ? server->host_events.fd : -1, .events = POLLIN },
			{ .fd = host_events_wanted(server) ? server->replacements.channel : -1, .events = POLLIN },
		};
		int timeout = sooner(open_files_timeout(server), sooner(locks_timeout(server), pokes_timeout(server)));
		if (poll(polled, 3, timeout) < 0 && errno != EINTR)
			_exit(1);
		if (polled[0].revents)
			take_requests(server, &frames);
		locks_retry(server);
		host_events_run(server);
		replacements_take(server);
		catch_up_run(server);
		pokes_run(server);
		close_idle_files(server);
	}
}
