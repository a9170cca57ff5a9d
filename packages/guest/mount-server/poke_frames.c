#include "poke_frames.h"

#include <string.h>
#include <unistd.h>

#include "server.h"

static struct mount_node node_of(struct server *server, uint64_t id)
{
	const struct inode *inode = id ? inodes_get(&server->inodes, id) : NULL;
	return inode ? (struct mount_node){ inode->id, inode->generation } : (struct mount_node){ 0, 0 };
}

static void send(struct server *server, int what, const struct mount_poke *body)
{
	struct {
		struct fuse_out_header head;
		struct mount_poke body;
	} frame = { .head = { .len = sizeof frame.head, .error = what } };
	if (body) {
		frame.body = *body;
		frame.head.len = sizeof frame;
	}
	if (write(fuse_session_fd(server->session), &frame, frame.head.len) == frame.head.len)
		server->notifier.sent++;
}

/* Written from the end; empty when it does not fit or is not known. */
static void path_of(struct server *server, uint64_t id, char *path)
{
	char text[MOUNT_POKE_PATH];
	size_t start = sizeof text - 1;
	text[start] = *path = '\0';
	for (int depth = 0; id != ROOT_ID; depth++) {
		const struct inode *inode = id ? inodes_get(&server->inodes, id) : NULL;
		size_t length = inode && inode->name ? strlen(inode->name) : 0;
		if (!length || length + 1 > start || depth > 256)
			return;
		if (text[start])
			text[--start] = '/';
		start -= length;
		memcpy(text + start, inode->name, length);
		id = inode->parent;
	}
	memcpy(path, text + start, sizeof text - start);
}

void send_question(struct server *server)
{
	send(server, MOUNT_ASK_WATCHED, NULL);
}

void send_poke(struct server *server, const struct poke *poke, const struct stat *st, uint64_t serial)
{
	struct mount_poke body = {
		.serial = serial,
		.kind = poke->kind,
		.mode = st->st_mode,
		.size = (uint64_t)st->st_size,
		.file = node_of(server, poke->file),
		.directory = node_of(server, poke->directory),
		.to = node_of(server, poke->to),
	};
	strncpy(body.name, poke->name ? poke->name : "", sizeof body.name - 1);
	strncpy(body.new_name, poke->new_name ? poke->new_name : "", sizeof body.new_name - 1);
	path_of(server, poke->directory, body.directory_path);
	path_of(server, poke->to, body.to_path);
	send(server, MOUNT_POKE, &body);
}
