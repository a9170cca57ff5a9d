#include "forwarder.h"

#include <fcntl.h>
#include <sched.h>

#include <exception>
#include <future>

#include "../system_error.h"
#include "udp_forward.h"

Forwarder::Forwarder(const std::string& netns) {
  const auto entered = std::make_shared<std::promise<void>>();
  auto is_inside = entered->get_future();
  thread_ = std::thread([this, netns, entered] {
    try {
      UniqueFd file(check(open(netns.c_str(), O_RDONLY | O_CLOEXEC), "open", netns));
      check(setns(file.get(), CLONE_NEWNET), "setns", netns);
    } catch (...) {
      entered->set_exception(std::current_exception());
      return;
    }
    entered->set_value();
    loop_.run();
    forwards_.clear();
  });
  try {
    is_inside.get();
  } catch (...) {
    thread_.join();
    throw;
  }
}

Forwarder::~Forwarder() {
  loop_.stop();
  thread_.join();
}

uint32_t Forwarder::add(UniqueFd socket, bool is_stream, const Target& target) {
  uint32_t id = 0;
  on_loop([&] {
    std::unique_ptr<Forward> forward;
    if (is_stream)
      forward = std::make_unique<TcpForward>(loop_, pipes_, std::move(socket), target);
    else
      forward = std::make_unique<UdpForward>(loop_, std::move(socket), target);
    id = ++last_id_;
    forwards_.emplace(id, std::move(forward));
  });
  return id;
}

void Forwarder::remove(uint32_t id) {
  // At once and not by way of the loop's graveyard: posted work runs when all events fetched have been handled.
  on_loop([&] { forwards_.erase(id); });
}

void Forwarder::on_loop(const std::function<void()>& work) {
  const auto done = std::make_shared<std::promise<void>>();
  auto is_done = done->get_future();
  loop_.post([&work, done] {
    try {
      work();
      done->set_value();
    } catch (...) {
      done->set_exception(std::current_exception());
    }
  });
  is_done.get();
}
