#define _GNU_SOURCE
#include "text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool text_file_write(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	size_t length = strlen(text);
	ssize_t written = write(file, text, length);
	int error = written < 0 ? errno : EIO;
	close(file);
	errno = error;
	return written == (ssize_t)length;
}

bool text_file_read(const char *path, char *text, size_t size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	size_t done = 0;
	for (ssize_t length; done < size - 1 && (length = read(file, text + done, size - 1 - done)) > 0;)
		done += (size_t)length;
	text[done] = 0;
	close(file);
	return true;
}
