#include "tar.h"

#include <stddef.h>
#include <string.h>

_Static_assert(sizeof(struct tar_block) == TAR_BLOCK, "a block has 512 bytes");

/* Eight bytes at a time: it is done for every file of an archive, where the processor is emulated, too. */
unsigned tar_checksum(const struct tar_block *block)
{
	const uint64_t every_other = 0x00ff00ff00ff00ff;
	uint64_t words[TAR_BLOCK / sizeof(uint64_t)], sums = 0;
	memcpy(words, block, sizeof words);
	memset((char *)words + offsetof(struct tar_block, checksum), ' ', sizeof block->checksum);
	/* Four sums of 128 bytes each: none of them outgrows its 16 bits. */
	for (unsigned i = 0; i < TAR_BLOCK / sizeof(uint64_t); i++)
		sums += (words[i] & every_other) + (words[i] >> 8 & every_other);
	return (unsigned)((sums & 0xffff) + (sums >> 16 & 0xffff) + (sums >> 32 & 0xffff) + (sums >> 48));
}
