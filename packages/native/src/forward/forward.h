#pragma once

#include <memory>
#include <unordered_map>

#include "event_loop.h"
#include "pipe_pool.h"
#include "target.h"
#include "tcp_relay.h"

// A listener and all that came in by it. Deleting it closes the listener and ends every connection at once.
class Forward : public Source {};

class TcpForward : public Forward {
 public:
  TcpForward(EventLoop& loop, PipePool& pipes, UniqueFd listener, const Target& target);
  ~TcpForward() override;
  void on_event(uint32_t events) override;

 private:
  bool accept_one();
  // Stops to accept until the next tick: there are no descriptors left.
  void pause();

  EventLoop& loop_;
  PipePool& pipes_;
  const UniqueFd listener_;
  const Target target_;
  std::unordered_map<TcpRelay*, std::unique_ptr<TcpRelay>> relays_;
  bool is_paused_ = false;
};
