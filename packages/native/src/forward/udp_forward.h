#pragma once

#include <sys/socket.h>

#include <map>
#include <string>

#include "forward.h"

// Datagrams to a published port: each client gets a socket of its own towards the target (a flow), so that answers find back
// to it; they leave from the very address that the client had asked.
class UdpForward : public Forward {
 public:
  UdpForward(EventLoop& loop, UniqueFd socket, const Target& target);
  ~UdpForward() override;
  void on_event(uint32_t events) override;

 private:
  // Who a datagram is from and which address of ours it was for, as the kernel hands it over and takes it back.
  struct Path {
    sockaddr_storage client;
    socklen_t client_size;
    alignas(cmsghdr) char control[64];
    size_t control_size;
  };
  struct Flow : Source {
    Flow(UdpForward* owner, const Path& path) : owner(owner), path(path) {}
    void on_event(uint32_t events) override { owner->answer(*this); }
    UdpForward* owner;
    Path path;
    UniqueFd fd;
    uint64_t last_used = 0;
  };
  using Flows = std::map<std::string, std::unique_ptr<Flow>>;

  bool receive_one();
  Flow* flow_of(const Path& path);
  void answer(Flow& flow);
  void drop(Flows::iterator flow);
  void drop_idle();
  void drop_oldest();

  EventLoop& loop_;
  const UniqueFd socket_;
  const Target target_;
  Flows flows_;
};
