// SPDX-License-Identifier: Apache-2.0
//
// app/wait_for.h: runs one coroutine to its end on a loop of the caller's, for commands that do one thing.
#pragma once

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace pointsman::app {

template <class T>
T wait_for(boost::asio::io_context& io, boost::asio::awaitable<T> task) {
  std::optional<T> result;
  std::exception_ptr failed;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr thrown, T value) {
    failed = thrown;
    result.emplace(std::move(value));
    io.stop();
  });
  io.restart();
  io.run();
  if (failed) std::rethrow_exception(failed);
  return std::move(*result);
}

}  // namespace pointsman::app
