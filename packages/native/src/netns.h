#pragma once

#include <functional>
#include <string>

// Runs `work` on a thread of its own that has entered the network namespace, and waits for it: neither Node's main thread
// nor libuv's pool may ever change namespace. An empty path means the namespace of the caller. Rethrows what `work` throws.
void in_netns(const std::string& path, const std::function<void()>& work);

// Makes a network namespace that stays alive by a bind mount on the file `path`, which is created.
void create_netns(const std::string& path);

// Takes the bind mount and the file away. A path that is absent, or is no mount, is no error.
void remove_netns(const std::string& path);

// Writes below /proc/sys as seen from the namespace: `name` is like "net/ipv4/ip_forward".
void write_sysctl(const std::string& netns, const std::string& name, const std::string& value);
