#pragma once

#include <sys/socket.h>

// Where a published port leads: a numeric address inside the namespace.
struct Target {
  sockaddr_storage address;
  socklen_t size;
};
