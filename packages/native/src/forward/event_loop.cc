#include "event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include <algorithm>

#include "../system_error.h"

namespace {

constexpr uint64_t kTickMs = 1000;

uint64_t monotonic_ms() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000 + static_cast<uint64_t>(time.tv_nsec) / 1000000;
}

}  // namespace

EventLoop::EventLoop()
    : epoll_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(check(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      now_(monotonic_ms()) {
  watch(wake_.get(), nullptr, 0, EPOLLIN);
}

void EventLoop::stop() {
  post([this] { stopped_ = true; });
}

void EventLoop::post(std::function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
  }
  eventfd_write(wake_.get(), 1);
}

void EventLoop::watch(int fd, Source* source, uint32_t before, uint32_t after) {
  if (before == after) return;
  epoll_event event{};
  event.events = after;
  event.data.ptr = source;
  const int operation = after == 0 ? EPOLL_CTL_DEL : before == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  check(epoll_ctl(epoll_.get(), operation, fd, &event), "epoll_ctl");
}

void EventLoop::bury(std::unique_ptr<Source> source) {
  dead_.insert(source.get());
  graveyard_.push_back(std::move(source));
}

void EventLoop::on_tick(Source* owner, std::function<void()> work) { ticks_.emplace_back(owner, std::move(work)); }

void EventLoop::no_tick(Source* owner) {
  ticks_.erase(std::remove_if(ticks_.begin(), ticks_.end(), [owner](auto& tick) { return tick.first == owner; }),
               ticks_.end());
}

void EventLoop::run_posted() {
  eventfd_t count;
  eventfd_read(wake_.get(), &count);
  std::vector<std::function<void()>> posted;
  {
    std::lock_guard lock(mutex_);
    posted.swap(posted_);
  }
  for (auto& work : posted) work();
}

void EventLoop::run_ticks() {
  if (now_ - last_tick_ < kTickMs) return;
  last_tick_ = now_;
  // A copy, since a tick may take itself away.
  for (auto& [owner, work] : std::vector(ticks_)) work();
}

void EventLoop::run() {
  epoll_event events[256];
  while (!stopped_) {
    const int timeout = ticks_.empty() ? -1 : static_cast<int>(kTickMs);
    const int count = epoll_wait(epoll_.get(), events, sizeof events / sizeof *events, timeout);
    now_ = monotonic_ms();
    bool is_woken = false;
    for (int i = 0; i < count; ++i) {
      auto* source = static_cast<Source*>(events[i].data.ptr);
      if (source == nullptr)
        is_woken = true;
      else if (dead_.count(source) == 0)
        source->on_event(events[i].events);
    }
    if (is_woken) run_posted();
    run_ticks();
    dead_.clear();
    graveyard_.clear();
  }
}
