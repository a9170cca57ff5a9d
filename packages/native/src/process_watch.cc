#include "process_watch.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

#include "system_error.h"

namespace {

constexpr uint32_t kStop = 0;  // no process has this id

void add(int epoll, int fd, uint32_t id) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = id;
  check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

}  // namespace

ProcessWatch::ProcessWatch(std::function<void(uint32_t)> on_end) : on_end_(std::move(on_end)) {}

ProcessWatch::~ProcessWatch() {
  if (!thread_.joinable()) return;
  eventfd_write(stop_.get(), 1);
  thread_.join();
}

uint32_t ProcessWatch::watch(int pid) {
  UniqueFd pidfd(check(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)), "pidfd_open"));
  std::lock_guard lock(mutex_);
  if (!thread_.joinable()) {
    epoll_.reset(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"));
    stop_.reset(check(eventfd(0, EFD_CLOEXEC), "eventfd"));
    add(epoll_.get(), stop_.get(), kStop);
    thread_ = std::thread([this] { run(); });
  }
  const uint32_t id = ++last_id_;
  add(epoll_.get(), pidfd.get(), id);
  pidfds_.emplace(id, std::move(pidfd));
  return id;
}

bool ProcessWatch::cancel(uint32_t id) {
  std::lock_guard lock(mutex_);
  const auto found = pidfds_.find(id);
  if (found == pidfds_.end()) return false;
  // Not left to close(): a child between fork and exec may hold the descriptor too, and keep it in the epoll.
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, found->second.get(), nullptr);
  pidfds_.erase(found);
  return true;
}

void ProcessWatch::run() {
  for (;;) {
    epoll_event event;
    if (epoll_wait(epoll_.get(), &event, 1, -1) != 1) continue;  // EINTR
    if (event.data.u32 == kStop) return;
    if (cancel(event.data.u32)) on_end_(event.data.u32);
  }
}
