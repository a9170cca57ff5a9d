/* The launcher's life beside the program. */
#include "cage.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEPT_BYTES = 8192 };

/*
 * A guest can make QEMU complain for ever. So nothing is written while it runs, and at its end no more than the last words.
 */
int attend(pid_t program, int stderr_pipe) {
  static char kept[2 * KEPT_BYTES];
  size_t length = 0;
  for (;;) {
    ssize_t got = read(stderr_pipe, kept + length, sizeof kept - length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    length += (size_t)got;
    if (length == sizeof kept) {
      memmove(kept, kept + KEPT_BYTES, KEPT_BYTES);
      length = KEPT_BYTES;
    }
  }
  int status;
  while (waitpid(program, &status, 0) < 0)
    if (errno != EINTR) fail("waitpid");
  size_t skipped = length > KEPT_BYTES ? length - KEPT_BYTES : 0;
  if (write(STDERR_FILENO, kept + skipped, length - skipped) < 0) return status;
  return status;
}
