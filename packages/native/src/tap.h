#pragma once

#include <string>

#include "unique_fd.h"

struct TapOptions {
  std::string netns;
  std::string name;
  std::string bridge;  // empty: none is joined
  bool vnet_hdr = true;
  int mtu = 0;  // 0: the kernel's default
};

// Makes a tap inside the namespace, joins it to the bridge and sets it up. It lives as long as its descriptor.
UniqueFd open_tap(const TapOptions& options);

// Joins a tap that is in the namespace already to the bridge and sets it up.
void set_up_tap(const TapOptions& options);
