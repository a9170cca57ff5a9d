#include "pipe_pool.h"

#include <fcntl.h>

#include "../system_error.h"

namespace {

constexpr size_t kMostKept = 32;

}  // namespace

Pipe PipePool::take() {
  if (!pipes_.empty()) {
    Pipe pipe = std::move(pipes_.back());
    pipes_.pop_back();
    return pipe;
  }
  int fds[2];
  check(pipe2(fds, O_CLOEXEC | O_NONBLOCK), "pipe2");
  // Smaller where the user's allowance for pipes is used up; that costs only speed.
  fcntl(fds[1], F_SETPIPE_SZ, kPipeSize);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

void PipePool::give(Pipe pipe) {
  if (pipes_.size() < kMostKept) pipes_.push_back(std::move(pipe));
}
