#include "sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>

#include "netns.h"
#include "system_error.h"

namespace {

void set_option(int fd, int level, int option, int value, const char* name) {
  check(setsockopt(fd, level, option, &value, sizeof value), name);
}

sockaddr_un unix_address(const char* syscall, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw SystemError(syscall, path, ENAMETOOLONG);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return address;
}

}  // namespace

socklen_t parse_address(int family, const std::string& address, int port, sockaddr_storage* result) {
  *result = {};
  result->ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET6) {
    auto* inet6 = reinterpret_cast<sockaddr_in6*>(result);
    inet6->sin6_port = htons(static_cast<uint16_t>(port));
    if (inet_pton(AF_INET6, address.c_str(), &inet6->sin6_addr) == 1) return sizeof *inet6;
  } else {
    auto* inet = reinterpret_cast<sockaddr_in*>(result);
    inet->sin_port = htons(static_cast<uint16_t>(port));
    if (inet_pton(AF_INET, address.c_str(), &inet->sin_addr) == 1) return sizeof *inet;
  }
  throw SystemError("inet_pton", address, EINVAL);
}

UniqueFd bind_inet(const InetSocketOptions& options) {
  UniqueFd fd;
  in_netns(options.netns, [&] {
    const std::string where = options.address + " port " + std::to_string(options.port);
    fd.reset(check(socket(options.family, options.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
    if (options.family == AF_INET6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1, "IPV6_V6ONLY");
    // For TCP only: it lets a listener come back while old connections are in TIME_WAIT. For UDP it would let two bind.
    if (options.type == SOCK_STREAM) set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
    if (!options.device.empty())
      check(setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, options.device.c_str(),
                       static_cast<socklen_t>(options.device.size())),
            "SO_BINDTODEVICE", options.device);
    sockaddr_storage address;
    const socklen_t size = parse_address(options.family, options.address, options.port, &address);
    check(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), "bind", where);
    if (options.backlog > 0) check(listen(fd.get(), options.backlog), "listen", where);
  });
  return fd;
}

int local_port(int fd) {
  sockaddr_storage address;
  socklen_t size = sizeof address;
  check(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  // sin_port and sin6_port lie at the same place.
  return ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

UniqueFd listen_unix(const std::string& path, int backlog) {
  const sockaddr_un address = unix_address("bind", path);
  UniqueFd fd(check(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
  check(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind", path);
  check(listen(fd.get(), backlog), "listen", path);
  return fd;
}

UniqueFd connect_unix(const std::string& path) {
  const sockaddr_un address = unix_address("connect", path);
  UniqueFd fd(check(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
  check(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), "connect", path);
  return fd;
}

void send_descriptor(int socket, const uint8_t* data, size_t size, int descriptor) {
  iovec bytes{const_cast<uint8_t*>(data), size};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof descriptor)] = {};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
  // A few bytes into an empty buffer go whole or not at all.
  const auto sent = check(sendmsg(socket, &message, MSG_NOSIGNAL), "sendmsg");
  if (static_cast<size_t>(sent) != size) throw SystemError("sendmsg", "", EAGAIN);
}

std::pair<UniqueFd, UniqueFd> socket_pair() {
  int fds[2];
  check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), "socketpair");
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}
