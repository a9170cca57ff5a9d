/*
 * What the pump in the guest and the mount server on the host say to each other over a mount port.
 *
 * Both directions carry FUSE frames as /dev/fuse gives and takes them (linux/fuse.h), one behind the other: the first four
 * bytes of each are its length. The names below add what the kernel's protocol lacks, as frames that never reach a kernel.
 */
#ifndef MOUNT_PROTOCOL_H
#define MOUNT_PROTOCOL_H

#include <linux/fuse.h>
#include <stdint.h>

/* Largest payload of a WRITE or READ; also what the guest kernel is told at mount (max_read). */
#define MOUNT_MAX_DATA (1024u * 1024u)

/* Largest frame in either direction: a WRITE with its headers, or a READ's answer. */
#define MOUNT_MAX_FRAME (MOUNT_MAX_DATA + 4096u)

/*
 * Guest to host, in fuse_in_header.opcode, followed by a uint64_t: how many notifications the pump has handed to the kernel
 * since it started. The server never lets more than MOUNT_NOTIFY_WINDOW run ahead of that, so the pump's queue is bounded.
 */
#define MOUNT_NOTIFIED 0x6d700001u
#define MOUNT_NOTIFY_WINDOW 1024u

/*
 * Host to guest, in fuse_out_header.error with unique 0, no payload: names that do not exist may exist now, forget all
 * that are cached as absent. Counts as a notification. (The kernel has no such notification; the pump drops its caches.)
 */
#define MOUNT_FORGET_ABSENT 0x6d70

/*
 * Watches. Outdating something in a guest raises no event there, so programs that watch files would sleep on. The server
 * therefore has a change of the host done over again in the guest by one thread of the pump (a poke), and answers that
 * thread's requests without doing anything. Only what somebody in the guest watches is poked.
 *
 * Host to guest, as notifications: MOUNT_ASK_WATCHED asks what is watched; MOUNT_POKE is followed by a struct mount_poke.
 * Guest to host: MOUNT_WATCHED, fuse_in_header.pid being the thread, is followed by the uint64_t numbers (nodeid) of all
 * watched inodes, at most MOUNT_MOST_WATCHED; MOUNT_POKED by a struct mount_poked. One poke at a time.
 */
#define MOUNT_ASK_WATCHED 0x6d71
#define MOUNT_POKE 0x6d72
#define MOUNT_WATCHED 0x6d700002u
#define MOUNT_POKED 0x6d700003u
#define MOUNT_MOST_WATCHED 65536u

#define MOUNT_POKE_PATH 1024u

enum mount_poke_kind { POKE_MODIFY = 1, POKE_ATTRIB, POKE_CREATE, POKE_DELETE, POKE_MOVE };

/* An inode as open_by_handle_at names it. */
struct mount_node {
	uint64_t id, generation;
};

struct mount_poke {
	uint64_t serial;
	uint32_t kind;
	/* Kind and permissions of the file, as it is. */
	uint32_t mode;
	uint64_t size;
	/* The file (id 0: by its name only), the directory that it is in, and the one that it moves to. */
	struct mount_node file, directory, to;
	char name[256], new_name[256];
	/* From the root of the session, as last known; empty when too long. The kernel may have forgotten what leads to an inode. */
	char directory_path[MOUNT_POKE_PATH], to_path[MOUNT_POKE_PATH];
};

/* error: an errno of the guest, 0 when the event was raised. */
struct mount_poked {
	uint64_t serial, error;
};

/*
 * Hello. A server begins with it (fuse_out_header.error, unique 0, and a nonce), and so does one that takes the place of another on the
 * same port. The pump sends the nonce back, and behind it again all requests that have no answer yet, in their order; the
 * server drops what comes before. Notifications are counted anew from then on.
 */
#define MOUNT_HELLO 0x6d73
#define MOUNT_HELLO_BACK 0x6d700004u

struct mount_hello {
	struct fuse_out_header head;
	uint64_t nonce;
};

struct mount_hello_back {
	struct fuse_in_header head;
	uint64_t nonce;
};

#endif
