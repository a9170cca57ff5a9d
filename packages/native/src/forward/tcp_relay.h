#pragma once

#include <functional>

#include "event_loop.h"
#include "pipe_pool.h"
#include "target.h"

// One accepted connection, joined to one of its own to the target. Bytes go by splice(2) both ways; the end of one direction
// is passed on alone, the other goes on (half-close); an error on one side resets both.
class TcpRelay {
 public:
  // `on_done` is called once, when the relay has let go of everything, as the last thing it does: it may delete the relay.
  TcpRelay(EventLoop& loop, PipePool& pipes, UniqueFd client, std::function<void(TcpRelay*)> on_done);

  // Starts to connect. Must be called on a thread in the target's namespace. Throws EMFILE and the like.
  void connect_to(const Target& target);
  // Resets both connections. Does not call `on_done`.
  void abort();

 private:
  struct End : Source {
    End(TcpRelay* relay, UniqueFd fd) : relay(relay), fd(std::move(fd)) {}
    void on_event(uint32_t events) override { relay->on_event(*this, events); }

    TcpRelay* relay;
    UniqueFd fd;
    uint32_t watched = 0;
    // What was read from this end and is not yet written to the other.
    Pipe pipe;
    size_t in_pipe = 0;
    bool is_read_to_end = false;
    bool is_shut = false;  // nothing more will be written to it
  };

  void on_event(End& end, uint32_t events);
  void handle(End& end, uint32_t events);
  void on_connected();
  // Moves bytes from one end to the other until one of them has to be waited for. False when the relay must be reset.
  bool pump(End& from, End& to);
  bool fill(End& from);
  bool drain(End& from, End& to);
  void update();
  void watch(End& end, uint32_t events);
  void finish(bool reset);
  void let_go(bool reset);

  EventLoop& loop_;
  PipePool& pipes_;
  std::function<void(TcpRelay*)> on_done_;
  std::unique_ptr<End> client_;
  std::unique_ptr<End> server_;
  bool is_connected_ = false;
};
