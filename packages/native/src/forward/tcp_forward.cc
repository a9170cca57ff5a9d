#include <sys/epoll.h>

#include "../system_error.h"
#include "forward.h"

TcpForward::TcpForward(EventLoop& loop, PipePool& pipes, UniqueFd listener, const Target& target)
    : loop_(loop), pipes_(pipes), listener_(std::move(listener)), target_(target) {
  loop_.watch(listener_.get(), this, 0, EPOLLIN);
}

TcpForward::~TcpForward() {
  if (is_paused_)
    loop_.no_tick(this);
  else
    loop_.watch(listener_.get(), this, EPOLLIN, 0);
  for (auto& [relay, owner] : relays_) relay->abort();
}

void TcpForward::on_event(uint32_t) {
  // Not more at once than keeps the other connections moving.
  for (int i = 0; i < 64 && accept_one(); ++i) {
  }
}

bool TcpForward::accept_one() {
  UniqueFd client(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!client) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) pause();
    // Else none is waiting, or one is gone again before it was accepted.
    return false;
  }
  auto relay = std::make_unique<TcpRelay>(loop_, pipes_, std::move(client),
                                          [this](TcpRelay* done) { relays_.erase(done); });
  try {
    relay->connect_to(target_);
  } catch (const SystemError&) {
    relay->abort();
    return true;
  }
  TcpRelay* key = relay.get();
  relays_.emplace(key, std::move(relay));
  return true;
}

void TcpForward::pause() {
  is_paused_ = true;
  loop_.watch(listener_.get(), this, EPOLLIN, 0);
  loop_.on_tick(this, [this] {
    try {
      loop_.watch(listener_.get(), this, 0, EPOLLIN);
    } catch (const SystemError&) {
      return;  // at the next tick, then
    }
    is_paused_ = false;
    loop_.no_tick(this);
  });
}
