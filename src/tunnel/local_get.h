// SPDX-License-Identifier: Apache-2.0
//
// tunnel/local_get.h: one small HTTP question to a program on this machine. Goes nowhere but to loopback.
//
// Threads: the I/O loop's.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "tunnel/answers.h"

namespace boost::asio {
class io_context;
}

namespace pointsman::tunnel {

namespace net = boost::asio;

inline constexpr std::size_t kMostAnswer = 256 * 1024;            // bytes; a longer answer is an error
inline constexpr std::chrono::milliseconds kAnswerWithin{2'000};  // from connecting to the last byte

struct LocalAnswer {
  int status = 0;
  std::string body;
};

// GET http://LOOPBACK:PORT/path. kUnavailable: nobody listens; kTimeout; kFull: too long; kInvalid: no HTTP.
net::awaitable<Result<LocalAnswer>> local_get(net::io_context& io, Interface at, std::string path);

// A port on loopback that was free a moment ago; 0 when there is none.
std::uint16_t free_port(net::io_context& io);

}  // namespace pointsman::tunnel
