#pragma once

#include <vector>

#include "../unique_fd.h"

// A pipe that splice(2) moves bytes through.
struct Pipe {
  UniqueFd read;
  UniqueFd write;
  explicit operator bool() const { return static_cast<bool>(read); }
};

// Empty pipes to be used again: a relay holds one only while bytes are in it, so thousands of idle connections need none.
class PipePool {
 public:
  // In bytes; what one splice moves at most.
  static constexpr int kPipeSize = 256 * 1024;

  // Throws EMFILE and the like.
  Pipe take();
  // The pipe must be empty.
  void give(Pipe pipe);

 private:
  std::vector<Pipe> pipes_;
};
