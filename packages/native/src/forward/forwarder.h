#pragma once

#include <string>
#include <thread>
#include <unordered_map>

#include "forward.h"

// Carries published ports into a network namespace, on one thread that lives inside it. Listeners come from outside and stay
// where they were made, since a socket belongs for ever to the namespace of its birth.
class Forwarder {
 public:
  // Waits until the thread has entered. Throws when it cannot.
  explicit Forwarder(const std::string& netns);
  // Ends the thread, all listeners and connections.
  ~Forwarder();

  // The listener (TCP) or bound socket (UDP) is served from now on.
  uint32_t add(UniqueFd socket, bool is_stream, const Target& target);
  // Waits until the listener is closed and its connections are reset. An unknown id is no error.
  void remove(uint32_t id);

 private:
  // Runs `work` on the loop's thread and waits for it.
  void on_loop(const std::function<void()>& work);

  EventLoop loop_;
  PipePool pipes_;
  std::unordered_map<uint32_t, std::unique_ptr<Forward>> forwards_;  // of the loop's thread only
  uint32_t last_id_ = 0;                                             // likewise
  std::thread thread_;
};
