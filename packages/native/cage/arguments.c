/* The command line of the launcher. */
#include "cage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn static void bad_usage(const char *what) {
  dprintf(STDERR_FILENO, "cage: %s\n", what);
  _exit(125);
}

static int number(const char *text) {
  char *end;
  long value = strtol(text, &end, 10);
  if (*text == '\0' || *end != '\0' || value < 0 || value > 0x7fffffff) bad_usage("expected a number");
  return (int)value;
}

static void append(struct list *list, const char *item) {
  if (list->count == MAX_LIST) bad_usage("too many of one option");
  list->items[list->count++] = item;
}

void parse_arguments(int argc, char **argv, struct cage *cage) {
  memset(cage, 0, sizeof *cage);
  cage->report_fd = cage->leash_fd = -1;
  int i = 1;
  for (; i + 1 < argc && strcmp(argv[i], "--") != 0; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
    if (strcmp(name, "--uid") == 0) {
      cage->uid = (uid_t)number(value);
    } else if (strcmp(name, "--report") == 0) {
      cage->report_fd = number(value);
    } else if (strcmp(name, "--leash") == 0) {
      cage->leash_fd = number(value);
    } else if (strcmp(name, "--tap") == 0) {
      if (cage->tap_count == MAX_LIST) bad_usage("too many of one option");
      cage->taps[cage->tap_count++] = number(value);
    } else if (strcmp(name, "--cgroup") == 0) {
      append(&cage->cgroups, value);
    } else if (strcmp(name, "--bind") == 0) {
      append(&cage->binds, value);
    } else if (strcmp(name, "--device") == 0) {
      append(&cage->devices, value);
    } else {
      bad_usage("unknown option");
    }
  }
  if (i + 1 >= argc) bad_usage("no program after --");
  if (cage->uid == 0) bad_usage("--uid is missing, or root");
  cage->program = argv + i + 1;
}
