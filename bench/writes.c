/* writes FILE random|random-sync|random-data|append-sync: writes of a database's kind. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 4096
#define BLOCKS 4096
#define WRITES 300

int main(int count, char **arguments)
{
	static char block[BLOCK];
	if (count != 3)
		return 2;
	int file = open(arguments[1], O_RDWR | O_CREAT, 0644);
	off_t size = lseek(file, 0, SEEK_END);
	for (; size < (off_t)BLOCK * BLOCKS; size += BLOCK)
		if (write(file, block, BLOCK) != BLOCK)
			return 1;
	for (int i = 0; i < WRITES; i++) {
		off_t at = random() % BLOCKS * BLOCK;
		if (!strcmp(arguments[2], "append-sync")) {
			if (pwrite(file, block, 100, size + i * 100) != 100 || fdatasync(file))
				return 1;
		} else if (pwrite(file, block, BLOCK, at) != BLOCK ||
			   (!strcmp(arguments[2], "random-sync") && fsync(file)) ||
			   (!strcmp(arguments[2], "random-data") && fdatasync(file))) {
			return 1;
		}
	}
	return fsync(file) != 0;
}
