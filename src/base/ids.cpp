// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include <sys/random.h>

namespace pointsman {
namespace {

// Random bytes, fetched a page at a time: a system call per id would show in the intake's profile.
struct RandomPool {
  std::array<unsigned char, 4096> bytes;
  std::size_t used = sizeof bytes;

  const unsigned char* take(std::size_t n) {
    if (used + n > bytes.size()) {
      refill();
      used = 0;
    }
    const unsigned char* at = bytes.data() + used;
    used += n;
    return at;
  }

 private:
  void refill() {
    for (std::size_t have = 0; have < bytes.size();) {
      const ssize_t got = getrandom(bytes.data() + have, bytes.size() - have, 0);
      if (got > 0) have += static_cast<std::size_t>(got);
      else if (errno != EINTR) std::abort();  // no randomness: nothing safe can be done
    }
  }
};

}  // namespace

std::string new_uuid_v7(std::int64_t unix_ms) {
  thread_local RandomPool pool;
  std::array<unsigned char, 16> b{};
  for (int i = 0; i < 6; ++i) b[i] = static_cast<unsigned char>(unix_ms >> (8 * (5 - i)));
  const unsigned char* random = pool.take(10);
  for (int i = 0; i < 10; ++i) b[6 + i] = random[i];
  b[6] = static_cast<unsigned char>(0x70 | (b[6] & 0x0f));
  b[8] = static_cast<unsigned char>(0x80 | (b[8] & 0x3f));

  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kHex[b[i] >> 4];
    out += kHex[b[i] & 15];
  }
  return out;
}

}  // namespace pointsman
