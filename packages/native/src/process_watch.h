#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "unique_fd.h"

// Waits for the end of any number of processes, children or not, on one thread of its own (which starts with the first).
class ProcessWatch {
 public:
  // `on_end` is called on that thread, once for each watched process that ended and was not cancelled before.
  explicit ProcessWatch(std::function<void(uint32_t id)> on_end);
  ~ProcessWatch();

  // Starts to wait for the process. Throws ESRCH when there is none.
  uint32_t watch(int pid);
  // False when the end is on its way or the id unknown.
  bool cancel(uint32_t id);

 private:
  void run();

  const std::function<void(uint32_t id)> on_end_;
  UniqueFd epoll_;
  UniqueFd stop_;  // an eventfd
  std::mutex mutex_;  // guards what follows
  std::unordered_map<uint32_t, UniqueFd> pidfds_;
  uint32_t last_id_ = 0;
  std::thread thread_;
};
