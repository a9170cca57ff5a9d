/*
 * Feeds the host's end of the relay with valid, mutated and random frames in pieces of any size. Where the sanitizers see nothing,
 * what is checked is that nothing is delivered which the frames did not carry, and that a relay which goes on still works.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../agent/channel.h"
#include "../../agent/connection.h"
#include "../../agent/testing/fuzz.h"
#include "../broker.h"
#include "../relay.h"

#define SOCKETS 3
#define MOST_PROGRAMS 400

static int guest, programs[MOST_PROGRAMS];
static unsigned program_count, opened, refused, survived, ended;
static size_t fullest;
/* Of this round. */
static bool is_hostile;

/* Stands for the parent: sometimes a program is there, sometimes it refuses, sometimes it is busy. */
int broker_connect(int channel, const struct relay_open *wanted)
{
	int pair[2];
	(void)channel;
	EXPECT(wanted->socket < SOCKETS);
	if (!fuzz_random(4) || program_count == MOST_PROGRAMS) {
		refused++;
		return fuzz_random(2) ? -ECONNREFUSED : -EAGAIN;
	}
	EXPECT(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
	/* So that the window fills, and not the kernel's own buffer. */
	int room = 4096;
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	opened++;
	programs[program_count++] = pair[1];
	return pair[0];
}

/* Programs talk, listen and go as they like. */
static void let_programs_live(void)
{
	static char bytes[100000];
	/* Mostly nobody listens where the guest is hostile: the window is to be full. */
	unsigned most = is_hostile ? 60 : 6;
	for (unsigned i = 0; i < program_count; i++) {
		unsigned what = fuzz_random(most);
		if (what == 0 && write(programs[i], bytes, fuzz_random(sizeof bytes)) < 0)
			errno = 0;
		if (what == 1 && read(programs[i], bytes, sizeof bytes) < 0)
			errno = 0;
		if (what == 2 && fuzz_random(4) == 0)
			shutdown(programs[i], fuzz_random(2) ? SHUT_WR : SHUT_RDWR);
		if (what == 3 && fuzz_random(8) == 0) {
			close(programs[i]);
			programs[i--] = programs[--program_count];
		}
	}
}

static const uint8_t types[] = { MSG_DATA, MSG_DATA, MSG_DATA, MSG_ACK, RELAY_OPEN, RELAY_RESET };

/* What each stream has been sent as far as the guest knows; so most frames make sense. */
static uint64_t offsets[16];

/* Type, flags, stream and payload mostly: a broken magic, length or trailer only has the parser wait for another hello. */
static size_t place_to_break(size_t size)
{
	static const uint8_t places[] = { 4, 4, 5, 8, 8 };
	size_t payload = size - HEADER_SIZE - TRAILER_SIZE;
	if (!fuzz_random(20))
		return fuzz_random((uint32_t)size);
	if (payload && fuzz_random(2))
		return HEADER_SIZE + fuzz_random((uint32_t)(payload < 12 ? payload : 12));
	return places[fuzz_random(sizeof places)];
}

static size_t make_frame(uint8_t *at)
{
	/* Connections live longer where more is to happen to them. */
	bool is_brief = !is_hostile || !fuzz_random(20);
	uint8_t type = types[fuzz_random(sizeof types - !is_brief)], *payload = at + HEADER_SIZE;
	uint32_t stream = 1 + fuzz_random(is_hostile ? 4 : 15);
	uint8_t flags = !is_brief || fuzz_random(10) ? 0 : (uint8_t)fuzz_random(8);
	size_t length = 0;
	if (type == RELAY_OPEN) {
		struct relay_open open = { fuzz_random(SOCKETS), fuzz_random(2000), fuzz_random(2000) };
		if (connection_find(stream))
			return 0;
		memcpy(payload, &open, length = sizeof open);
		offsets[stream] = 0;
		flags = 0;
	} else if (type == MSG_DATA) {
		const struct connection *connection = connection_find(stream);
		size_t most = connection ? window_left(&connection->window) : 1000;
		length = fuzz_random(!is_hostile && fuzz_random(4) ? 200 : 60000);
		if (length > most && !(is_hostile && !fuzz_random(4)))
			length = most;
		if (connection && connection->ends)
			return 0;
		memcpy(payload, &offsets[stream], 8);
		memset(payload + 8, 'x', length);
		offsets[stream] += length;
		length += 8;
	} else if (type == MSG_ACK) {
		const struct connection *connection = connection_find(stream);
		uint64_t taken = connection ? connection->sent : 0;
		memcpy(payload, &taken, length = 8);
	}
	size_t size = frame_wrap(at, type, flags, 0, stream, length);
	for (unsigned times = is_hostile && !fuzz_random(60) ? 1 + fuzz_random(3) : 0; times; times--)
		at[place_to_break(size)] = (uint8_t)fuzz_random(fuzz_random(2) ? 256 : 4);
	return size;
}

/* Takes what the relay says; the first time also its hello, which is given back. */
static void listen_to_relay(bool greets)
{
	static uint8_t bytes[300000];
	ssize_t length = read(guest, bytes, sizeof bytes);
	if (!greets)
		return;
	size_t size = HEADER_SIZE + RELAY_NONCE_SIZE + TRAILER_SIZE;
	EXPECT(length > (ssize_t)size);
	EXPECT(write(guest, bytes + length - size, size) == (ssize_t)size);
}

/* Until the relay has nothing to do. */
static bool turn(void)
{
	for (unsigned i = 0; i < 3; i++)
		if (!relay_turn(0))
			return false;
	for (uint32_t id = 1; id < 16; id++) {
		const struct connection *connection = connection_find(id);
		if (!connection)
			continue;
		EXPECT(connection->window.length <= RELAY_WINDOW);
		EXPECT(connection->sent - connection->delivered <= RELAY_WINDOW);
		fullest = connection->window.length > fullest ? connection->window.length : fullest;
	}
	return true;
}

static void play(void)
{
	int ends[2], room = 1 << 20;
	bool goes_on = true;
	EXPECT(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends));
	setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	guest = ends[1];
	memset(offsets, 0, sizeof offsets);
	relay_begin(ends[0], -1, SOCKETS);
	listen_to_relay(true);
	for (unsigned frames = 0; frames < (is_hostile ? 120 : 40) && goes_on; frames++) {
		static uint8_t frame[MAX_FRAME];
		size_t size = make_frame(frame);
		for (size_t at = 0; at < size && goes_on;) {
			size_t piece = 1 + fuzz_random(fuzz_random(3) ? 5000 : 20);
			piece = piece < size - at ? piece : size - at;
			ssize_t sent = write(guest, frame + at, piece);
			at += sent > 0 ? (size_t)sent : 0;
			goes_on = turn();
			listen_to_relay(false);
		}
		let_programs_live();
		goes_on = goes_on && turn();
		listen_to_relay(false);
	}
	EXPECT(goes_on || is_hostile);
	goes_on ? survived++ : ended++;
	connections_drop();
	close(ends[0]);
	close(ends[1]);
	while (program_count)
		close(programs[--program_count]);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	for (unsigned i = 0; i < 1500; i++) {
		is_hostile = i % 2 == 0;
		play();
	}
	/* None of them is what always happened. */
	EXPECT(opened > 1000 && refused > 300 && survived > 700 && ended > 300 && fullest == RELAY_WINDOW);
	return 0;
}
