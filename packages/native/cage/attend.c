/* The launcher's life beside the program. */
#include "cage.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEPT_BYTES = 8192 };

/*
 * A guest can make QEMU complain for ever. So nothing is written while it runs, and at its end no more than the last words.
 */
static struct {
  char text[2 * KEPT_BYTES];
  size_t length;
} kept;

/* False at the end. */
static bool keep(int stderr_pipe) {
  ssize_t got = read(stderr_pipe, kept.text + kept.length, sizeof kept.text - kept.length);
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;
  kept.length += (size_t)got;
  if (kept.length == sizeof kept.text) {
    memmove(kept.text, kept.text + KEPT_BYTES, KEPT_BYTES);
    kept.length = KEPT_BYTES;
  }
  return true;
}

/* Whoever held the leash is gone, or has let go of it. */
static void follow_leash(pid_t program, int leash) {
  char byte;
  ssize_t got;
  while ((got = read(leash, &byte, 1)) < 0 && errno == EINTR) continue;
  if (got != 1) kill(program, SIGKILL);
}

int attend(pid_t program, int stderr_pipe, int leash) {
  struct pollfd polled[] = {{.fd = stderr_pipe, .events = POLLIN}, {.fd = leash, .events = POLLIN}};
  for (;;) {
    if (poll(polled, 2, -1) < 0) {
      if (errno != EINTR) fail("poll");
      continue;
    }
    if (polled[1].revents != 0) {
      follow_leash(program, leash);
      polled[1].fd = -1;
    }
    if (polled[0].revents != 0 && !keep(stderr_pipe)) break;
  }
  int status;
  while (waitpid(program, &status, 0) < 0)
    if (errno != EINTR) fail("waitpid");
  size_t skipped = kept.length > KEPT_BYTES ? kept.length - KEPT_BYTES : 0;
  if (write(STDERR_FILENO, kept.text + skipped, kept.length - skipped) < 0) return status;
  return status;
}
