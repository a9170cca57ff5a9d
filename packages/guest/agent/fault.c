#define _GNU_SOURCE
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool fault_set(struct fault *fault, int exit_code, int error, const char *format, ...)
{
	fault->exit_code = exit_code;
	fault->error = error;
	va_list list;
	va_start(list, format);
	vsnprintf(fault->text, sizeof fault->text, format, list);
	va_end(list);
	return false;
}

/* Go's words, which Docker's users know, are those of Linux in lower case. */
static const char *words_of(int error, char words[64])
{
	snprintf(words, 64, "%s", strerror(error));
	if (words[0] >= 'A' && words[0] <= 'Z')
		words[0] = (char)(words[0] + ('a' - 'A'));
	return words;
}

bool fault_errno(struct fault *fault, const char *format, ...)
{
	int error = errno;
	fault->exit_code = 128;
	fault->error = error;
	va_list list;
	va_start(list, format);
	int length = vsnprintf(fault->text, sizeof fault->text, format, list);
	va_end(list);
	char words[64];
	if (length >= 0 && (size_t)length < sizeof fault->text)
		snprintf(fault->text + length, sizeof fault->text - (size_t)length, ": %s", words_of(error, words));
	return false;
}

void complain(const char *format, ...)
{
	char line[600];
	va_list list;
	va_start(list, format);
	int length = snprintf(line, sizeof line, "<3>agent: ");
	length += vsnprintf(line + length, sizeof line - (size_t)length - 1, format, list);
	va_end(list);
	if (length > (int)sizeof line - 2)
		length = (int)sizeof line - 2;
	line[length++] = '\n';
	int log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (log < 0)
		return;
	if (write(log, line, (size_t)length) < 0)
		/* There is no other place to complain to. */
		errno = 0;
	close(log);
}
