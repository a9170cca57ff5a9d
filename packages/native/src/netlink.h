#pragma once

#include <cstdint>
#include <string>
#include <vector>

// Sends `requests`, which hold `count` rtnetlink messages that each ask for an acknowledgement or a dump, from inside the
// namespace, and returns all that the kernel answers until each of them is acknowledged, refused or done.
std::vector<uint8_t> rtnetlink(const std::string& netns, const std::vector<uint8_t>& requests, unsigned count);
