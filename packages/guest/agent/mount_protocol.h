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

#endif
