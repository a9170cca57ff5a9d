#pragma once

#include <sys/socket.h>

#include <string>
#include <utility>

#include "unique_fd.h"

struct InetSocketOptions {
  std::string netns;  // empty: the caller's namespace
  int family = AF_INET;
  int type = SOCK_STREAM;
  std::string address;
  int port = 0;
  std::string device;  // empty: any
  int backlog = 0;     // above 0: the socket listens
};

// A bound (and, with a backlog, listening) TCP or UDP socket, non-blocking. IPv6 sockets are for IPv6 only.
UniqueFd bind_inet(const InetSocketOptions& options);

// The port that a TCP or UDP socket is bound to.
int local_port(int fd);

// A listening unix socket. Closing it leaves the path where it is.
UniqueFd listen_unix(const std::string& path, int backlog);

// A connected unix socket, non-blocking.
UniqueFd connect_unix(const std::string& path);

// Sends bytes with a descriptor beside them (SCM_RIGHTS). Throws EAGAIN when they do not fit into the socket's buffer.
void send_descriptor(int socket, const uint8_t* data, size_t size, int descriptor);

// Two connected unix stream sockets.
std::pair<UniqueFd, UniqueFd> socket_pair();

// A socket address from a numeric address. Throws EINVAL for anything else.
socklen_t parse_address(int family, const std::string& address, int port, sockaddr_storage* result);
