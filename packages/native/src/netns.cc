#include "netns.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include <exception>
#include <thread>

#include "system_error.h"
#include "unique_fd.h"

namespace {

void on_own_thread(const std::function<void()>& work) {
  std::exception_ptr failure;
  std::thread thread([&] {
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  });
  thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

void in_netns(const std::string& path, const std::function<void()>& work) {
  if (path.empty()) return work();
  on_own_thread([&] {
    UniqueFd netns(check(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open", path));
    check(setns(netns.get(), CLONE_NEWNET), "setns", path);
    work();
  });
}

void create_netns(const std::string& path) {
  UniqueFd file(check(open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), "open", path));
  try {
    on_own_thread([&] {
      check(unshare(CLONE_NEWNET), "unshare");
      check(mount("/proc/thread-self/ns/net", path.c_str(), nullptr, MS_BIND, nullptr), "mount", path);
    });
  } catch (...) {
    unlink(path.c_str());
    throw;
  }
}

void remove_netns(const std::string& path) {
  if (umount2(path.c_str(), MNT_DETACH) < 0 && errno != EINVAL && errno != ENOENT) throw SystemError("umount", path);
  if (unlink(path.c_str()) < 0 && errno != ENOENT) throw SystemError("unlink", path);
}

void write_sysctl(const std::string& netns, const std::string& name, const std::string& value) {
  in_netns(netns, [&] {
    const std::string path = "/proc/sys/" + name;
    UniqueFd file(check(open(path.c_str(), O_WRONLY | O_CLOEXEC), "open", path));
    check(write(file.get(), value.data(), value.size()), "write", path);
  });
}
