#include <stdarg.h>
#include <stdio.h>

#include "../agent/fault.h"

/* What the parts that are the agent's too complain to: here it is the server's log. */
void complain(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	fputs("socket-server: ", stderr);
	vfprintf(stderr, format, list);
	fputc('\n', stderr);
	va_end(list);
}
