// SPDX-License-Identifier: Apache-2.0
//
// tests/support/loop.h: runs coroutines to their end, one after the other or side by side, on a loop of the test's.
//
//   test::Loop loop;
//   Result<Ticket> ticket = loop.wait(ledger.find(number));
#pragma once

#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace pointsman::test {

class Loop {
 public:
  boost::asio::io_context& io() { return io_; }

  template <class T>
  T wait(boost::asio::awaitable<T> task) {
    std::vector<boost::asio::awaitable<T>> one;
    one.push_back(std::move(task));
    return std::move(wait_all(std::move(one)).front());
  }

  // All of them are under way at once; the results are in the order of the tasks.
  template <class T>
  std::vector<T> wait_all(std::vector<boost::asio::awaitable<T>> tasks) {
    std::vector<std::optional<T>> results(tasks.size());
    std::size_t open = tasks.size();
    std::exception_ptr failed;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      boost::asio::co_spawn(io_, std::move(tasks[i]), [&, i](std::exception_ptr thrown, T value) {
        if (thrown) failed = thrown;
        results[i].emplace(std::move(value));
        if (--open == 0) io_.stop();
      });
    }
    io_.restart();
    io_.run();
    if (failed) std::rethrow_exception(failed);
    std::vector<T> values;
    for (std::optional<T>& result : results) values.push_back(std::move(*result));
    return values;
  }

 private:
  boost::asio::io_context io_;
};

}  // namespace pointsman::test
