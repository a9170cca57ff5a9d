#include "udp_forward.h"

#include <netinet/in.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cstring>

#include "../system_error.h"

namespace {

constexpr uint64_t kIdleMs = 90 * 1000;  // as Docker's proxy
constexpr size_t kMostFlows = 4096;
constexpr int kBurst = 64;

// Used within one call only; one for each loop's thread.
thread_local char buffer[65536];

// The control message that makes the answer leave from where the datagram had arrived. Gives its size.
size_t reply_control(const msghdr& received, char* control, size_t room) {
  for (const cmsghdr* header = CMSG_FIRSTHDR(&received); header != nullptr;
       header = CMSG_NXTHDR(const_cast<msghdr*>(&received), const_cast<cmsghdr*>(header))) {
    const bool v4 = header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO;
    const bool v6 = header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO;
    if ((!v4 && !v6) || header->cmsg_len > room) continue;
    std::memcpy(control, header, header->cmsg_len);
    // Back by the route that the host has to the client, not by force through the link that it came from; but a link-local
    // address means nothing without its link.
    auto* copy = reinterpret_cast<cmsghdr*>(control);
    auto* info = reinterpret_cast<in6_pktinfo*>(CMSG_DATA(copy));
    if (v4)
      reinterpret_cast<in_pktinfo*>(CMSG_DATA(copy))->ipi_ifindex = 0;
    else if (!IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr))
      info->ipi6_ifindex = 0;
    return CMSG_SPACE(header->cmsg_len - CMSG_LEN(0));
  }
  return 0;
}

}  // namespace

UdpForward::UdpForward(EventLoop& loop, UniqueFd socket, const Target& target)
    : loop_(loop), socket_(std::move(socket)), target_(target) {
  sockaddr_storage own;
  socklen_t size = sizeof own;
  check(getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&own), &size), "getsockname");
  const int on = 1;
  if (own.ss_family == AF_INET6)
    check(setsockopt(socket_.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on), "IPV6_RECVPKTINFO");
  else
    check(setsockopt(socket_.get(), IPPROTO_IP, IP_PKTINFO, &on, sizeof on), "IP_PKTINFO");
  loop_.watch(socket_.get(), this, 0, EPOLLIN);
  loop_.on_tick(this, [this] { drop_idle(); });
}

UdpForward::~UdpForward() {
  loop_.no_tick(this);
  loop_.watch(socket_.get(), this, EPOLLIN, 0);
  while (!flows_.empty()) drop(flows_.begin());
}

void UdpForward::on_event(uint32_t) {
  for (int i = 0; i < kBurst && receive_one(); ++i) {
  }
}

bool UdpForward::receive_one() {
  Path path{};
  alignas(cmsghdr) char control[256];
  iovec data{buffer, sizeof buffer};
  msghdr message{};
  message.msg_name = &path.client;
  message.msg_namelen = sizeof path.client;
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t size = recvmsg(socket_.get(), &message, MSG_DONTWAIT);
  if (size < 0) return errno != EAGAIN && errno != EINTR;  // an error that an earlier answer met: it is told only once
  path.client_size = message.msg_namelen;
  path.control_size = reply_control(message, path.control, sizeof path.control);
  Flow* flow = flow_of(path);
  // UDP promises nothing: what cannot be sent now is lost, also when nobody listens there yet.
  if (flow != nullptr) send(flow->fd.get(), buffer, static_cast<size_t>(size), MSG_DONTWAIT);
  return true;
}

UdpForward::Flow* UdpForward::flow_of(const Path& path) {
  std::string key(reinterpret_cast<const char*>(&path.client), path.client_size);
  key.append(path.control, path.control_size);
  const auto found = flows_.find(key);
  if (found != flows_.end()) {
    found->second->last_used = loop_.now();
    return found->second.get();
  }
  if (flows_.size() >= kMostFlows) drop_oldest();
  auto flow = std::make_unique<Flow>(this, path);
  flow->last_used = loop_.now();
  flow->fd.reset(socket(target_.address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!flow->fd) return nullptr;
  if (connect(flow->fd.get(), reinterpret_cast<const sockaddr*>(&target_.address), target_.size) < 0) return nullptr;
  try {
    loop_.watch(flow->fd.get(), flow.get(), 0, EPOLLIN);
  } catch (const SystemError&) {
    return nullptr;  // the kernel has no room to watch it
  }
  return flows_.emplace(std::move(key), std::move(flow)).first->second.get();
}

void UdpForward::answer(Flow& flow) {
  for (int i = 0; i < kBurst; ++i) {
    const ssize_t size = recv(flow.fd.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (size < 0) {
      if (errno == ECONNREFUSED) continue;  // told once for each datagram that nobody took
      return;
    }
    flow.last_used = loop_.now();
    iovec data{buffer, static_cast<size_t>(size)};
    msghdr message{};
    message.msg_name = &flow.path.client;
    message.msg_namelen = flow.path.client_size;
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = flow.path.control_size > 0 ? flow.path.control : nullptr;
    message.msg_controllen = flow.path.control_size;
    sendmsg(socket_.get(), &message, MSG_DONTWAIT);
  }
}

void UdpForward::drop(Flows::iterator flow) {
  loop_.watch(flow->second->fd.get(), flow->second.get(), EPOLLIN, 0);
  loop_.bury(std::move(flow->second));
  flows_.erase(flow);
}

void UdpForward::drop_idle() {
  for (auto flow = flows_.begin(); flow != flows_.end();) {
    const auto current = flow++;
    if (loop_.now() - current->second->last_used > kIdleMs) drop(current);
  }
}

void UdpForward::drop_oldest() {
  drop(std::min_element(flows_.begin(), flows_.end(),
                        [](auto& a, auto& b) { return a.second->last_used < b.second->last_used; }));
}
