#include "tap.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>

#include "netns.h"
#include "system_error.h"

namespace {

ifreq request_for(const std::string& name) {
  ifreq request{};
  std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
  return request;
}

void set_up(const TapOptions& options) {
  UniqueFd control(check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"));
  ifreq link = request_for(options.name);
  if (options.mtu > 0) {
    link.ifr_mtu = options.mtu;
    check(ioctl(control.get(), SIOCSIFMTU, &link), "SIOCSIFMTU", options.name);
  }
  if (!options.bridge.empty()) {
    ifreq bridge = request_for(options.bridge);
    bridge.ifr_ifindex = static_cast<int>(if_nametoindex(options.name.c_str()));
    check(ioctl(control.get(), SIOCBRADDIF, &bridge), "SIOCBRADDIF", options.bridge);
  }
  link = request_for(options.name);
  check(ioctl(control.get(), SIOCGIFFLAGS, &link), "SIOCGIFFLAGS", options.name);
  link.ifr_flags |= IFF_UP;
  check(ioctl(control.get(), SIOCSIFFLAGS, &link), "SIOCSIFFLAGS", options.name);
}

}  // namespace

UniqueFd open_tap(const TapOptions& options) {
  UniqueFd tap;
  in_netns(options.netns, [&] {
    tap.reset(check(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), "open", "/dev/net/tun"));
    ifreq request = request_for(options.name);
    request.ifr_flags = static_cast<short>(IFF_TAP | IFF_NO_PI | (options.vnet_hdr ? IFF_VNET_HDR : 0));
    check(ioctl(tap.get(), TUNSETIFF, &request), "TUNSETIFF", options.name);
    set_up(options);
  });
  return tap;
}

void set_up_tap(const TapOptions& options) {
  in_netns(options.netns, [&] { set_up(options); });
}
