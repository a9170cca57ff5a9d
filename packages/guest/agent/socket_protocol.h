/*
 * What the relay in the guest and the socket server on the host say to each other over the port `sockets`: frames of protocol.h.
 * A connection is a stream, whose number the guest chooses; both ends of it are alike.
 *
 * A server begins with MSG_HELLO and a nonce; the guest drops all connections of before and sends it back. What comes before that
 * answer was meant for a server before.
 * Guest: RELAY_OPEN opens a connection. It does not wait to hear whether the host could.
 * Both: MSG_DATA carries bytes behind their offset in the stream; with FLAG_END nothing follows, with FLAG_GONE besides, whoever sends
 * it reads no more either: the connection is over when the bytes are delivered. MSG_ACK carries how many bytes have been delivered;
 * RELAY_WINDOW more than that may be under way. RELAY_RESET ends a connection at once, one that could not be opened too.
 * Frames of a connection that is over are ignored: they may have been under way.
 */
#ifndef SOCKET_PROTOCOL_H
#define SOCKET_PROTOCOL_H

#include <stdint.h>

#include "protocol.h"

#define RELAY_OPEN 64
#define RELAY_RESET 65
#define FLAG_GONE 4

#define RELAY_NONCE_SIZE 16u

/* Each acknowledgement wakes a guest, which costs it more than some hundred KiB of memory. */
#define RELAY_WINDOW 262144u

/* Sockets of one machine, and connections to all of them at once. */
#define MOST_SOCKETS 64u
#define MOST_CONNECTIONS 256u

/* Payload of RELAY_OPEN. */
struct relay_open {
	/* Which of the sockets that the server was given, and user and group of the process in the guest. */
	uint32_t socket, uid, gid;
};

#endif
