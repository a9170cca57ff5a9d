#include "sparse_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "system_error.h"

namespace {

constexpr size_t kPage = 4096;
constexpr size_t kChunk = 256 * kPage;

bool is_zero(const char* page, size_t length) {
  return page[0] == 0 && memcmp(page, page + 1, length - 1) == 0;
}

void write_all(int fd, const char* bytes, size_t length, off_t offset) {
  while (length > 0) {
    ssize_t written = check(pwrite(fd, bytes, length, offset), "pwrite");
    bytes += written;
    offset += written;
    length -= static_cast<size_t>(written);
  }
}

// Writes the pages of one chunk that are not zero, neighbours in one call.
uint64_t write_pages(int fd, const char* bytes, size_t length, off_t offset) {
  uint64_t total = 0;
  for (size_t at = 0; at < length;) {
    size_t end = at;
    while (end < length && !is_zero(bytes + end, std::min(kPage, length - end))) end += std::min(kPage, length - end);
    write_all(fd, bytes + at, end - at, offset + static_cast<off_t>(at));
    total += end - at;
    at = end == at ? at + kPage : end;
  }
  return total;
}

}  // namespace

uint64_t copy_data(int from, int to) {
  std::vector<char> chunk(kChunk);
  uint64_t total = 0;
  off_t at = 0;
  for (;;) {
    off_t data = lseek(from, at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) return total;
    check(data, "lseek");
    const off_t hole = check(lseek(from, data, SEEK_HOLE), "lseek");
    for (at = data; at < hole;) {
      const size_t wanted = static_cast<size_t>(std::min<off_t>(kChunk, hole - at));
      const ssize_t got = check(pread(from, chunk.data(), wanted, at), "pread");
      if (got == 0) return total;
      total += write_pages(to, chunk.data(), static_cast<size_t>(got), at);
      at += got;
    }
  }
}
