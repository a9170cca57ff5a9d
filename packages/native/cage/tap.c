/* Taps that lead nowhere, for network cards that nothing is plugged into. */
#include "cage.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void open_taps(const struct cage *cage) {
  for (int i = 0; i < cage->tap_count; i++) {
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (fd < 0) fail("/dev/net/tun");
    /* A template that was made with virtio headers can only be restored with them. */
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
    if (ioctl(fd, TUNSETIFF, &request) != 0) fail("TUNSETIFF");
    if (fd == cage->taps[i]) {
      if (fcntl(fd, F_SETFD, 0) != 0) fail("F_SETFD");
      continue;
    }
    if (dup2(fd, cage->taps[i]) < 0) fail("--tap");
    close(fd);
  }
}
