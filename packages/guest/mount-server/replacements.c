#include "replacements.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"
#include "server.h"
#include "states.h"

union descriptor_message {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

void replacement_send(int channel, uint32_t source, int file)
{
	union descriptor_message descriptor = { 0 };
	struct iovec part = { .iov_base = &source, .iov_len = sizeof source };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = descriptor.bytes,
				  .msg_controllen = sizeof descriptor.bytes };
	*CMSG_FIRSTHDR(&message) = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof file), .cmsg_level = SOL_SOCKET,
						     .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &file, sizeof file);
	while (sendmsg(channel, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

/* False when there is nothing more; then the channel may have ended. */
static bool receive(struct replacements *replacements, uint32_t *source, int *file)
{
	union descriptor_message descriptor;
	struct iovec part = { .iov_base = source, .iov_len = sizeof *source };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = descriptor.bytes,
				  .msg_controllen = sizeof descriptor.bytes };
	ssize_t length = recvmsg(replacements->channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	const struct cmsghdr *head = length == sizeof *source ? CMSG_FIRSTHDR(&message) : NULL;
	if (!head || head->cmsg_type != SCM_RIGHTS) {
		close(replacements->channel);
		replacements->channel = -1;
		return false;
	}
	memcpy(file, CMSG_DATA(head), sizeof *file);
	return true;
}

void replacements_init(struct server *server, int channel)
{
	size_t count = server->options->source_count;
	struct replacements *replacements = &server->replacements;
	*replacements = (struct replacements){ .channel = channel, .files = malloc((count + 1) * sizeof(int)),
					       .entries = calloc(count + 1, sizeof(uint64_t)) };
	if (!replacements->files || !replacements->entries)
		fail("sources");
	for (size_t i = 0; i < count; i++)
		replacements->files[i] = -1;
}

int replacement_of(const struct server *server, uint32_t source)
{
	return source < server->options->source_count ? server->replacements.files[source] : -1;
}

void replacement_known_as(struct server *server, const struct inode *inode)
{
	if (inode->source < server->options->source_count)
		server->replacements.entries[inode->source] = inode->id;
}

/* An id may have become another's. */
static struct inode *entry_of(struct server *server, uint32_t source)
{
	struct inode *inode = inodes_get(&server->inodes, server->replacements.entries[source]);
	bool is_entry = inode && inode->parent == ROOT_ID && inode->source == source && inode->type == S_IFREG;
	return is_entry ? inode : NULL;
}

static void replace(struct server *server, uint32_t source, int file)
{
	struct replacements *replacements = &server->replacements;
	close(replacements->files[source]);
	replacements->files[source] = file;
	struct inode *inode = entry_of(server, source);
	struct stat st;
	if (!inode)
		return;
	int own = openat(server->descriptors, fd_name(file).text, O_PATH | O_CLOEXEC);
	if (own < 0 || fstat(own, &st)) {
		close(own);
		return;
	}
	close_file(server, inode);
	unwatch_inode(server, inode);
	inodes_replace(&server->inodes, inode, own, &st);
	if (watch_inode(server, inode))
		fstat(own, &st);
	notify_anew(server);
	tell_state(server, inode, &st, IN_MODIFY);
}

void replacements_take(struct server *server)
{
	uint32_t source;
	int file;
	while (server->replacements.channel >= 0 && host_events_wanted(server) &&
	       receive(&server->replacements, &source, &file)) {
		if (source < server->options->source_count)
			replace(server, source, file);
		else
			close(file);
	}
}
