#include "tcp_relay.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include "../system_error.h"

namespace {

void set(int fd, int level, int option, int value) { setsockopt(fd, level, option, &value, sizeof value); }

void tune(int fd) {
  // What has come is passed on at once: the sender has decided already how to cut it.
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  // A machine that vanished without a word does not hold its connections for ever.
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 30);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 15);
  set(fd, IPPROTO_TCP, TCP_KEEPCNT, 9);
}

void reset_on_close(int fd) {
  const linger now{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace

TcpRelay::TcpRelay(EventLoop& loop, PipePool& pipes, UniqueFd client, std::function<void(TcpRelay*)> on_done)
    : loop_(loop), pipes_(pipes), on_done_(std::move(on_done)), client_(new End(this, std::move(client))) {}

void TcpRelay::connect_to(const Target& target) {
  const int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  server_.reset(new End(this, UniqueFd(check(socket(target.address.ss_family, type, 0), "socket"))));
  tune(client_->fd.get());
  tune(server_->fd.get());
  const auto* address = reinterpret_cast<const sockaddr*>(&target.address);
  if (connect(server_->fd.get(), address, target.size) < 0 && errno != EINPROGRESS) throw SystemError("connect");
  watch(*server_, EPOLLOUT);
}

void TcpRelay::on_event(End& end, uint32_t events) {
  try {
    handle(end, events);
  } catch (const SystemError&) {
    finish(true);  // the kernel has no room to watch it any more
  }
}

void TcpRelay::handle(End& end, uint32_t events) {
  if (!is_connected_) return on_connected();
  End& other = &end == client_.get() ? *server_ : *client_;
  // An error is met by the read or write that it concerns, after what had come before it.
  const uint32_t failed = events & (EPOLLERR | EPOLLHUP);
  if (((events & EPOLLOUT) || failed) && !pump(other, end)) return finish(true);
  if (((events & EPOLLIN) || failed) && !pump(end, other)) return finish(true);
  update();
}

void TcpRelay::on_connected() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(server_->fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return finish(true);
  is_connected_ = true;
  update();
}

bool TcpRelay::pump(End& from, End& to) {
  if (from.in_pipe > 0 && !drain(from, to)) return false;
  // One helping at a time: whoever has more comes again after the others.
  if (from.in_pipe == 0 && !from.is_read_to_end && !(fill(from) && drain(from, to))) return false;
  if (from.is_read_to_end && from.in_pipe == 0 && !to.is_shut) {
    to.is_shut = true;
    if (shutdown(to.fd.get(), SHUT_WR) < 0) return false;
  }
  return true;
}

bool TcpRelay::fill(End& from) {
  if (!from.pipe) {
    try {
      from.pipe = pipes_.take();
    } catch (const SystemError&) {
      return false;  // no descriptors left: better one connection less than a loop that spins
    }
  }
  const ssize_t size = splice(from.fd.get(), nullptr, from.pipe.write.get(), nullptr, PipePool::kPipeSize,
                              SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
  if (size > 0) from.in_pipe = static_cast<size_t>(size);
  if (size == 0) from.is_read_to_end = true;
  return size >= 0 || errno == EAGAIN || errno == EINTR;
}

bool TcpRelay::drain(End& from, End& to) {
  while (from.in_pipe > 0) {
    const ssize_t size = splice(from.pipe.read.get(), nullptr, to.fd.get(), nullptr, from.in_pipe,
                                SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno == EAGAIN;
    from.in_pipe -= static_cast<size_t>(size);
  }
  if (from.pipe) pipes_.give(std::exchange(from.pipe, Pipe()));
  return true;
}

void TcpRelay::update() {
  if (client_->is_shut && server_->is_shut) return finish(false);
  for (End* end : {client_.get(), server_.get()}) {
    const End& other = end == client_.get() ? *server_ : *client_;
    const bool wants_more = !end->is_read_to_end && end->in_pipe == 0;
    watch(*end, (wants_more ? EPOLLIN : 0u) | (other.in_pipe > 0 ? EPOLLOUT : 0u));
  }
}

void TcpRelay::watch(End& end, uint32_t events) {
  loop_.watch(end.fd.get(), &end, end.watched, events);
  end.watched = events;
}

void TcpRelay::abort() { let_go(true); }

void TcpRelay::finish(bool reset) {
  let_go(reset);
  const auto done = std::move(on_done_);  // outlives this relay
  done(this);
}

void TcpRelay::let_go(bool reset) {
  for (std::unique_ptr<End>* end : {&client_, &server_}) {
    if (!*end) continue;
    watch(**end, 0);
    if (reset) reset_on_close((*end)->fd.get());
    (*end)->fd.reset();
    loop_.bury(std::move(*end));  // an event for it may have been fetched already
  }
}
