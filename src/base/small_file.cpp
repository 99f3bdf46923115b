// SPDX-License-Identifier: Apache-2.0
#include "base/small_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pointsman {
namespace {

constexpr std::size_t kReadAtOnce = 64 * 1024;

tl::unexpected<Error> cannot_be_read(int why) {
  return fail(Errc::kUnavailable, fmt::format("cannot be read ({}); check its name and permissions", std::strerror(why)));
}

}  // namespace

Result<std::string> read_small_file(const std::string& path, std::size_t most, std::chrono::milliseconds patience) {
  struct Owned {
    int fd;
    ~Owned() {
      if (fd >= 0) close(fd);
    }
  } const file{open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};  // not blocking: a pipe opens at once
  if (file.fd < 0) return cannot_be_read(errno);
  std::string content;
  for (;;) {
    pollfd ready{file.fd, POLLIN, 0};
    const int polled = poll(&ready, 1, static_cast<int>(patience.count()));
    if (polled < 0 && errno == EINTR) continue;
    if (polled < 0) return cannot_be_read(errno);
    if (polled == 0) return fail(Errc::kUnavailable, "is a pipe that nobody writes into");
    const std::size_t before = content.size();
    content.resize(std::min(before + kReadAtOnce, most + 1));
    const ssize_t n = read(file.fd, content.data() + before, content.size() - before);
    const int why = errno;
    content.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n < 0 && (why == EINTR || why == EAGAIN)) continue;
    if (n < 0) return cannot_be_read(why);
    if (n == 0) return content;
    if (content.size() > most) return fail(Errc::kFull, fmt::format("is too long: more than {} bytes", most));
  }
}

}  // namespace pointsman
