#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "../unique_fd.h"

// Something that owns a descriptor in the loop. Called on the loop's thread only.
class Source {
 public:
  virtual ~Source() = default;
  virtual void on_event(uint32_t events) = 0;
};

// One thread's epoll. Only `post` and `stop` may be called from other threads.
class EventLoop {
 public:
  EventLoop();
  EventLoop(const EventLoop&) = delete;

  // Until `stop`.
  void run();
  void stop();
  // Runs `work` on the loop's thread.
  void post(std::function<void()> work);

  // Changes what is waited for from `before` to `after` (EPOLL… bits, level-triggered). Nothing to wait for means: not in
  // the epoll at all, so that a hang-up nobody cares for does not wake the loop again and again.
  void watch(int fd, Source* source, uint32_t before, uint32_t after);

  // Deletes it when no event that is already fetched can reach it any more.
  void bury(std::unique_ptr<Source> source);

  // Called about once a second while registered.
  void on_tick(Source* owner, std::function<void()> work);
  void no_tick(Source* owner);
  // Milliseconds of a clock that only goes forward, as of the last wake-up.
  uint64_t now() const { return now_; }

 private:
  void run_posted();
  void run_ticks();

  UniqueFd epoll_;
  UniqueFd wake_;  // an eventfd
  std::mutex mutex_;  // guards posted_
  std::vector<std::function<void()>> posted_;
  std::vector<std::unique_ptr<Source>> graveyard_;
  std::unordered_set<Source*> dead_;
  std::vector<std::pair<Source*, std::function<void()>>> ticks_;
  uint64_t now_ = 0;
  uint64_t last_tick_ = 0;
  bool stopped_ = false;
};
