/*
 * Feeds the frame parser and the judge of shapes with valid, mutated and random requests in pieces of any size. A frame that is called
 * good is read as libfuse reads it, from memory of just its length: the sanitizer sees whoever goes past its end.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "../../agent/mount_protocol.h"
#include "../../agent/testing/fuzz.h"
#include "../frames.h"
#include "../shape.h"

#define HEADER sizeof(struct fuse_in_header)
#define LONGEST 5000

static unsigned good, bad;

/* What follows the fixed part of each request: names, and what is counted in it. */
static const struct {
	uint32_t opcode;
	unsigned fixed, names;
} requests[] = {
	{ FUSE_LOOKUP, 0, 1 },
	{ FUSE_SYMLINK, 0, 2 },
	{ FUSE_MKNOD, sizeof(struct fuse_mknod_in), 1 },
	{ FUSE_RENAME2, sizeof(struct fuse_rename2_in), 2 },
	{ FUSE_LINK, sizeof(struct fuse_link_in), 1 },
	{ FUSE_READ, sizeof(struct fuse_read_in), 0 },
	{ FUSE_WRITE, sizeof(struct fuse_write_in), 0 },
	{ FUSE_SETXATTR, FUSE_COMPAT_SETXATTR_IN_SIZE, 1 },
	{ FUSE_GETXATTR, sizeof(struct fuse_getxattr_in), 1 },
	{ FUSE_BATCH_FORGET, sizeof(struct fuse_batch_forget_in), 0 },
	{ FUSE_SETLKW, sizeof(struct fuse_lk_in), 0 },
	{ FUSE_INIT, sizeof(struct fuse_init_in), 0 },
};
#define REQUESTS (sizeof requests / sizeof *requests)

static volatile char sink;

static void touch(const char *at, size_t length)
{
	for (size_t i = 0; i < length; i++)
		sink = at[i];
}

static void read_as_libfuse(const char *frame, size_t length)
{
	struct fuse_in_header head;
	memcpy(&head, frame, sizeof head);
	const char *at = frame + HEADER;
	for (size_t i = 0; i < REQUESTS; i++) {
		if (requests[i].opcode != head.opcode)
			continue;
		if (head.opcode != FUSE_INIT)
			touch(at, requests[i].fixed);
		const char *rest = at + requests[i].fixed;
		for (unsigned name = 0; name < requests[i].names; name++)
			rest += strlen(rest) + 1;
		if (head.opcode == FUSE_WRITE)
			touch(rest, ((const struct fuse_write_in *)at)->size);
		if (head.opcode == FUSE_SETXATTR)
			touch(rest, *(const uint32_t *)at);
		if (head.opcode == FUSE_BATCH_FORGET)
			touch(rest, ((const struct fuse_batch_forget_in *)at)->count * sizeof(struct fuse_forget_one));
	}
	touch(frame, length);
}

static void check(const struct fuse_in_header *frame)
{
	char *copy = malloc(frame->len);
	memcpy(copy, frame, frame->len);
	if (shape_of_request(copy, frame->len) == SHAPE_GOOD) {
		good++;
		read_as_libfuse(copy, frame->len);
	} else {
		bad++;
	}
	free(copy);
}

static size_t make_request(char *at)
{
	size_t which = fuzz_random(REQUESTS);
	size_t length = HEADER + requests[which].fixed;
	memset(at, 0, length);
	char *fixed = at + HEADER;
	for (unsigned i = 0; i < requests[which].names; i++) {
		unsigned name = 1 + fuzz_random(fuzz_random(4) ? 20 : 300);
		memset(at + length, 'a' + (int)i, name);
		length += name;
		at[length++] = '\0';
	}
	uint32_t counted = fuzz_random(100);
	if (requests[which].opcode == FUSE_WRITE) {
		((struct fuse_write_in *)fixed)->size = counted;
	} else if (requests[which].opcode == FUSE_SETXATTR) {
		*(uint32_t *)fixed = counted;
	} else if (requests[which].opcode == FUSE_BATCH_FORGET) {
		((struct fuse_batch_forget_in *)fixed)->count = counted;
		counted *= sizeof(struct fuse_forget_one);
	} else {
		counted = 0;
	}
	if (requests[which].opcode == FUSE_INIT)
		((struct fuse_init_in *)fixed)->flags = FUSE_INIT_EXT;
	memset(at + length, 'x', counted);
	length += counted;
	*(struct fuse_in_header *)at = (struct fuse_in_header){ .len = (uint32_t)length, .opcode = requests[which].opcode };
	return length;
}

/* Of a request, or of its length: then the stream breaks, and the next round begins with a new parser. */
static void mutate(char *at, size_t length)
{
	for (unsigned times = 1 + fuzz_random(4); times; times--) {
		/* Most where the lengths and counts are. */
		size_t within = fuzz_random(3) && length > 60 ? 60 : length;
		size_t place = fuzz_random(8) ? 4 + fuzz_random((uint32_t)within - 4) : fuzz_random(4);
		at[place] = (char)fuzz_random(fuzz_random(2) ? 256 : 2);
	}
}

static void round_of(bool mutated)
{
	static struct frames frames;
	static _Alignas(8) char stream[8 * LONGEST];
	frames.start = frames.end = 0;
	size_t length = 0;
	unsigned sent = 1 + fuzz_random(6), whole = 0;
	for (unsigned i = 0; i < sent; i++) {
		_Alignas(8) char request[LONGEST];
		size_t size = make_request(request);
		if (mutated && fuzz_random(2))
			mutate(request, size);
		memcpy(stream + length, request, size);
		length += size;
	}
	int ends[2];
	EXPECT(pipe2(ends, O_NONBLOCK) == 0);
	enum frame_result result = FRAME_NONE;
	for (size_t at = 0; at < length && result != FRAME_BROKEN;) {
		size_t piece = 1 + fuzz_random(fuzz_random(3) ? 40 : 4000);
		piece = piece < length - at ? piece : length - at;
		EXPECT(write(ends[1], stream + at, piece) == (ssize_t)piece);
		at += piece;
		EXPECT(frames_fill(&frames, ends[0]) == (long)piece);
		for (const struct fuse_in_header *frame; (result = frames_take(&frames, &frame)) == FRAME_WHOLE; whole++)
			check(frame);
	}
	close(ends[0]);
	close(ends[1]);
	EXPECT(mutated || whole == sent);
}

int main(void)
{
	for (unsigned i = 0; i < 40000; i++)
		round_of(i % 4);
	/* Neither of them is what everything was called. */
	EXPECT(good > 10000 && bad > 10000);
	return 0;
}
