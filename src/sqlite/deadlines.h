// SPDX-License-Identifier: Apache-2.0
//
// sqlite/deadlines.h: who waits for a job until when. One timer for all: a timer each would cost more than the rest of the waiting.
//
// Threads: the I/O loop.
#pragma once

#include <chrono>
#include <map>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace pointsman::sqlite {

class Waiter {
 public:
  virtual ~Waiter() = default;
  virtual void give_up() = 0;
};

class Deadlines : public std::enable_shared_from_this<Deadlines> {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Waiters = std::multimap<Moment, std::weak_ptr<Waiter>>;
  using Place = Waiters::iterator;

  explicit Deadlines(boost::asio::io_context& io) : timer_(io) {}

  // Tells the waiter to give up at `at`, unless remove() comes first. Its place is gone when it is told.
  Place add(Moment at, std::weak_ptr<Waiter> waiter);
  void remove(Place place);

 private:
  void arm();
  void tell_expired();

  Waiters waiters_;
  boost::asio::steady_timer timer_;
  Moment armed_for_ = Moment::max();  // max: the timer does not run
};

}  // namespace pointsman::sqlite
