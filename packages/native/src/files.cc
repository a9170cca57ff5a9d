#include "files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>

#include "system_error.h"

UniqueFd create_memfd(const std::string& name, uint64_t size) {
  UniqueFd fd(check(memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create", name));
  check(ftruncate(fd.get(), static_cast<off_t>(size)), "ftruncate", name);
  return fd;
}

void seal_memfd(int fd) {
  check(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL), "F_ADD_SEALS");
}

UniqueFd try_flock(const std::string& path) {
  UniqueFd fd(check(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600), "open", path));
  if (flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
  if (errno == EWOULDBLOCK) return UniqueFd();
  throw SystemError("flock", path);
}
