/*
 * Random bytes that are the same in every run.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t fuzz_state = 0x9e3779b97f4a7c15u;

/* xorshift64* */
static inline uint32_t fuzz_random(uint32_t below)
{
	fuzz_state ^= fuzz_state >> 12;
	fuzz_state ^= fuzz_state << 25;
	fuzz_state ^= fuzz_state >> 27;
	return (uint32_t)((fuzz_state * 0x2545f4914f6cdd1du) >> 33) % below;
}

#define EXPECT(claim)                                                          \
	do {                                                                   \
		if (!(claim)) {                                                \
			printf("%s:%d: not true: %s\n", __FILE__, __LINE__, #claim); \
			exit(1);                                               \
		}                                                              \
	} while (0)

#endif
