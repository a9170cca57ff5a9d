/*
 * Starts one program (QEMU) shut away from the host: own network, mount, IPC, UTS and PID namespaces, a root with nothing but
 * the given paths, a user id of its own, no capability and no way to gain one, in the given cgroups. All that it is to reach
 * it inherits as a descriptor.
 *
 *   cage --uid N [--report FD] [--leash FD] [--tap FD]... [--cgroup DIR]... [--bind PATH]... [--device PATH]... -- PROGRAM ARG...
 *
 * The launcher stays as parent, without privileges: it reaps the program, keeps the last words of its stderr for its own
 * stderr (a file, so that nobody has to listen), and ends with its status, or with 128 + signal. When the launcher dies, so does
 * the program; and when the leash, a pipe, ends before a byte has come by it: whoever started it is gone, and nobody would come
 * back for it. Exit status 125: the cage could not be built, 127: the program could not be executed; the reason is on stderr.
 */
#include "cage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void fail(const char *what) {
  dprintf(STDERR_FILENO, "cage: %s: %s\n", what, strerror(errno));
  _exit(125);
}

static void join_cgroup(const char *dir) {
  char path[4096];
  snprintf(path, sizeof path, "%s/cgroup.procs", dir);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, "0", 1) != 1) fail(path);
  close(fd);
}

/* The program's side of the fork. */
_Noreturn static void become_program(const struct cage *cage, const int pipe_fds[2]) {
  if (dup2(pipe_fds[1], STDOUT_FILENO) < 0 || dup2(pipe_fds[1], STDERR_FILENO) < 0) fail("dup2");
  close(pipe_fds[0]);
  close(pipe_fds[1]);
  if (cage->leash_fd >= 0) close(cage->leash_fd);
  if (cage->binds.count > 0) enter_private_root(cage);
  drop_privileges(cage->uid);
  /* After the change of user, which clears it. A parent that died before this line no longer reads our stderr. */
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail("PR_SET_PDEATHSIG");
  struct pollfd reader = {.fd = STDERR_FILENO};
  if (poll(&reader, 1, 0) != 0) _exit(125);
  char *environment[] = {"PATH=/usr/bin:/bin", NULL};
  execve(cage->program[0], cage->program, environment);
  dprintf(STDERR_FILENO, "cage: %s: %s\n", cage->program[0], strerror(errno));
  _exit(127);
}

static void report(int fd, pid_t pid) {
  if (fd < 0) return;
  char text[32];
  int length = snprintf(text, sizeof text, "%d\n", (int)pid);
  if (write(fd, text, (size_t)length) != length) fail("--report");
  /* Whoever waits for the process id is told by the end of stdout, which the program does not keep either. */
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0) fail("/dev/null");
}

int main(int argc, char **argv) {
  struct cage cage;
  parse_arguments(argc, argv, &cage);
  for (int i = 0; i < cage.cgroups.count; i++) join_cgroup(cage.cgroups.items[i]);
  if (unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID) != 0) fail("unshare");
  open_taps(&cage);

  int pipe_fds[2];
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) fail("pipe2");
  pid_t program = fork();
  if (program < 0) fail("fork");
  if (program == 0) become_program(&cage, pipe_fds);

  report(cage.report_fd, program);
  /* Out of the way of 3 and 4. */
  int leash = cage.leash_fd < 0 ? -1 : fcntl(cage.leash_fd, F_DUPFD, 5);
  if (dup2(pipe_fds[0], 3) < 0 || (leash >= 0 && dup2(leash, 4) < 0)) fail("dup2");
  /* The program alone holds what it was given: its lock must be free when it is gone, its sockets closed. */
  if (close_range(leash < 0 ? 4 : 5, ~0U, 0) != 0) fail("close_range");
  drop_privileges(cage.uid);
  int status = attend(program, 3, leash < 0 ? -1 : 4);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
