/* A root directory with only what the program needs. */
#include "cage.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A directory of every Linux that holds nothing a program is to be given; it is covered in our namespace alone. */
static const char new_root[] = "/sys";

/* Makes the directories above `path`, which is absolute, below the current directory. */
static void make_parents(const char *path) {
  char part[PATH_MAX];
  for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    snprintf(part, sizeof part, "%.*s", (int)(slash - path - 1), path + 1);
    if (mkdir(part, 0755) != 0 && errno != EEXIST) fail(part);
  }
}

static void show(const char *path) {
  struct stat what;
  if (path[0] != '/' || lstat(path, &what) != 0) fail(path);
  const char *inside = path + 1;
  make_parents(path);
  if (S_ISLNK(what.st_mode)) {
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0) fail(path);
    target[length] = '\0';
    if (symlink(target, inside) != 0 && errno != EEXIST) fail(path);
    return;
  }
  if (S_ISDIR(what.st_mode)) {
    if (mkdir(inside, 0755) != 0 && errno != EEXIST) fail(path);
  } else {
    int fd = open(inside, O_CREAT | O_WRONLY | O_CLOEXEC, 0444);
    if (fd < 0) fail(path);
    close(fd);
  }
  if (mount(path, inside, NULL, MS_BIND, NULL) != 0) fail(path);
  if (mount(NULL, inside, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID, NULL) != 0) fail(path);
}

/* A node of our own: the host's may be for a group that the program's user is not in (/dev/kvm). */
static void make_device(const char *path) {
  struct stat what;
  if (path[0] != '/' || stat(path, &what) != 0) fail(path);
  make_parents(path);
  if (mknod(path + 1, (what.st_mode & S_IFMT) | 0666, what.st_rdev) != 0) fail(path);
  if (chmod(path + 1, 0666) != 0) fail(path);
}

void enter_private_root(const struct cage *cage) {
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail("make mounts private");
  /* Sources are named from the old root, so that what it hides must not be one of them. */
  if (mount("cage", new_root, "tmpfs", MS_NOSUID, "mode=0755,size=1m") != 0) fail(new_root);
  if (chdir(new_root) != 0) fail(new_root);
  for (int i = 0; i < cage->binds.count; i++) show(cage->binds.items[i]);
  for (int i = 0; i < cage->devices.count; i++) make_device(cage->devices.items[i]);
  if (mkdir("proc", 0555) != 0) fail("proc");
  if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) fail("proc");
  if (syscall(SYS_pivot_root, ".", ".") != 0) fail("pivot_root");
  if (umount2(".", MNT_DETACH) != 0) fail("umount2");
  if (chdir("/") != 0) fail("/");
  if (mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID, NULL) != 0) fail("/");
}
