// SPDX-License-Identifier: Apache-2.0
#include "app/descriptors.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace pointsman::app {
namespace {

constexpr std::size_t kReserved = 512;  // for everything that is no connection, farewells to those that are one too many, and some to spare

}  // namespace

void fill_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this one. Opened the wrong way round, so that using it fails as it would have.
    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;  // what every system has at least
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return raised.rlim_cur;
  return limit.rlim_cur;
}

std::size_t connections_within(std::size_t descriptors, std::size_t wanted) {
  const std::size_t room = descriptors > 2 * kReserved ? descriptors - kReserved : descriptors / 2;
  return std::min(wanted, std::max<std::size_t>(room, 1));
}

}  // namespace pointsman::app
