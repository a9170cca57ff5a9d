#include "tar.h"

#include <stddef.h>

_Static_assert(sizeof(struct tar_block) == TAR_BLOCK, "a block has 512 bytes");

unsigned tar_checksum(const struct tar_block *block)
{
	const unsigned char *bytes = (const unsigned char *)block;
	unsigned sum = 0;
	for (unsigned i = 0; i < TAR_BLOCK; i++) {
		unsigned at = i - (unsigned)offsetof(struct tar_block, checksum);
		sum += at < sizeof block->checksum ? ' ' : bytes[i];
	}
	return sum;
}
