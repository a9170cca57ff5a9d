/* The launcher of a virtual machine: see cage.c. */
#ifndef CAGE_H
#define CAGE_H

#include <stdbool.h>
#include <sys/types.h>

enum { MAX_LIST = 16 };

struct list {
  const char *items[MAX_LIST];
  int count;
};

struct cage {
  uid_t uid;
  int leash_fd;           /* its end, without a byte before, ends the program; -1: there is none */
  int report_fd;          /* gets the program's process id; -1: nobody asks */
  int taps[MAX_LIST];     /* descriptors that become unconnected taps */
  int tap_count;
  struct list cgroups;    /* directories whose cgroup.procs we join */
  struct list binds;      /* paths of the host that the program sees, read-only; none: the whole host */
  struct list devices;    /* device nodes that the program sees */
  char **program;
};

/* Prints `cage: what: reason` and exits with 125. */
_Noreturn void fail(const char *what);

/* Fills `cage` from the command line; exits with 125 and a message on bad usage. */
void parse_arguments(int argc, char **argv, struct cage *cage);

/* Turns each descriptor of `cage->taps` into a tap with virtio headers in the current network namespace. */
void open_taps(const struct cage *cage);

/* Replaces the root of the current mount namespace by one with only `binds`, `devices` and a /proc of our PID namespace. */
void enter_private_root(const struct cage *cage);

/* Gives up every privilege for good: groups, user, capabilities, and gaining any by exec. */
void drop_privileges(uid_t uid);

/*
 * Copies what the program says on stderr, remembers the end of it, and returns the program's wait status. Ends the program when
 * the leash (-1: none) ends without a byte.
 */
int attend(pid_t program, int stderr_pipe, int leash);

#endif
