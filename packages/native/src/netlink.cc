#include "netlink.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "netns.h"
#include "system_error.h"
#include "unique_fd.h"

namespace {

// How many of the requests the messages in the buffer finish.
unsigned finished_in(const uint8_t* data, size_t size) {
  unsigned finished = 0;
  auto left = static_cast<unsigned>(size);
  for (auto* message = reinterpret_cast<const nlmsghdr*>(data); NLMSG_OK(message, left);
       message = NLMSG_NEXT(message, left))
    if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) ++finished;
  return finished;
}

}  // namespace

std::vector<uint8_t> rtnetlink(const std::string& netns, const std::vector<uint8_t>& requests, unsigned count) {
  std::vector<uint8_t> answers;
  in_netns(netns, [&] {
    UniqueFd fd(check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "socket"));
    // The kernel answers at once; the limit only keeps a bug of ours from waiting for ever.
    const timeval limit{5, 0};
    check(setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), "SO_RCVTIMEO");
    check(send(fd.get(), requests.data(), requests.size(), 0), "send");
    alignas(nlmsghdr) uint8_t buffer[1 << 16];
    for (unsigned finished = 0; finished < count;) {
      const ssize_t size = check(recv(fd.get(), buffer, sizeof buffer, 0), "recv");
      answers.insert(answers.end(), buffer, buffer + size);
      finished += finished_in(buffer, static_cast<size_t>(size));
    }
  });
  return answers;
}
