// SPDX-License-Identifier: Apache-2.0
//
// sqlite/job.h: a piece of work on a database thread whose result a coroutine on the I/O loop awaits.
//
//   std::function<Result<Ticket>(Db&)> work = [number](Db& db) { return load(db, number); };
//   Result<Ticket> ticket = co_await sqlite::run<Ticket>(readers, std::move(work));
//
// `Where` is a Writer or Readers: something with submit(std::unique_ptr<Job>).
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.h"
#include "sqlite/db.h"
#include "sqlite/deadlines.h"

namespace pointsman::sqlite {

namespace net = boost::asio;

class Job {
 public:
  virtual ~Job() = default;
  // On the database thread. False: it failed, and whatever it wrote must be undone. The Writer calls it a second time when the first
  // transaction that it was in had to be undone because of another job; the second call does all of it again.
  virtual bool work(Db& db) = 0;
  // What the work came to is void: the transaction around it failed, or it was never begun.
  virtual void fail(Error error) = 0;
  // On the I/O loop: resumes who waits.
  virtual void deliver() = 0;
};

template <class T, class Handler>
class AwaitedJob final : public Job {
 public:
  AwaitedJob(std::function<Result<T>(Db&)> what, Handler handler)
      : work_(std::move(what)), guard_(net::make_work_guard(handler)), handler_(std::move(handler)) {}

  bool work(Db& db) override {
    result_ = work_(db);
    return result_->has_value();
  }
  void fail(Error error) override { result_ = tl::unexpected<Error>(std::move(error)); }
  void deliver() override {
    guard_.reset();
    std::move(handler_)(std::move(*result_));
  }

 private:
  std::function<Result<T>(Db&)> work_;
  std::optional<Result<T>> result_;
  net::executor_work_guard<net::associated_executor_t<Handler>> guard_;  // the loop must not end while somebody waits
  Handler handler_;
};

template <class T, class Where>
net::awaitable<Result<T>> run(Where& where, std::function<Result<T>(Db&)> work) {
  auto initiate = [&where, &work](auto handler) {
    where.submit(std::make_unique<AwaitedJob<T, decltype(handler)>>(std::move(work), std::move(handler)));
  };
  co_return co_await net::async_initiate<const net::use_awaitable_t<>, void(Result<T>)>(initiate, net::use_awaitable);
}

// Who waits for a job for so long and no longer. The job and the deadline both know it, and the first that is there resumes it.
template <class T, class Handler>
class ImpatientWaiter final : public Waiter, public std::enable_shared_from_this<ImpatientWaiter<T, Handler>> {
 public:
  ImpatientWaiter(Handler handler, std::shared_ptr<Deadlines> deadlines)
      : guard_(net::make_work_guard(handler)), handler_(std::move(handler)), deadlines_(std::move(deadlines)) {}

  // The I/O loop.
  void wait_at_most(std::chrono::milliseconds patience) {
    place_ = deadlines_->add(std::chrono::steady_clock::now() + patience, this->weak_from_this());
  }
  void resume(Result<T> result) {
    if (!handler_) return;
    if (place_) deadlines_->remove(*place_);
    place_.reset();
    Handler handler = std::move(*handler_);
    handler_.reset();
    guard_.reset();
    std::move(handler)(std::move(result));
  }
  void give_up() override {
    place_.reset();
    State expected = State::kWaiting;
    if (state_.compare_exchange_strong(expected, State::kTakenBack))
      resume(tl::unexpected<Error>(Error{Errc::kUnavailable, "its turn did not come in time, so it was taken back; nothing was done", {}}));
    else
      resume(tl::unexpected<Error>(Error{Errc::kTimeout, "it was begun, but did not end in time; whether it is done will show", {}}));
  }

  // The database thread: whether the work may still be done. Once it was allowed it can no longer be taken back.
  bool begin() {
    State expected = State::kWaiting;
    return state_.compare_exchange_strong(expected, State::kBegun) || expected == State::kBegun;
  }

 private:
  enum class State { kWaiting, kBegun, kTakenBack };

  std::atomic<State> state_{State::kWaiting};
  net::executor_work_guard<net::associated_executor_t<Handler>> guard_;
  std::optional<Handler> handler_;
  std::shared_ptr<Deadlines> deadlines_;
  std::optional<Deadlines::Place> place_;
};

template <class T, class Handler>
class ImpatientJob final : public Job {
 public:
  ImpatientJob(std::function<Result<T>(Db&)> what, std::shared_ptr<ImpatientWaiter<T, Handler>> waiter)
      : work_(std::move(what)), waiter_(std::move(waiter)) {}

  bool work(Db& db) override {
    if (waiter_->begin()) result_ = work_(db);
    else fail({Errc::kUnavailable, "it was taken back", {}});
    return result_->has_value();
  }
  void fail(Error error) override { result_ = tl::unexpected<Error>(std::move(error)); }
  void deliver() override { waiter_->resume(std::move(*result_)); }

 private:
  std::function<Result<T>(Db&)> work_;
  std::optional<Result<T>> result_;
  std::shared_ptr<ImpatientWaiter<T, Handler>> waiter_;
};

// The same, for somebody who cannot wait longer than `patience`. kUnavailable: it was not begun, and never will be. kTimeout: it was
// begun, so it may be done or not; it goes on without anybody waiting. `Where` has deadlines(), too.
template <class T, class Where>
net::awaitable<Result<T>> run_within(Where& where, std::function<Result<T>(Db&)> work, std::chrono::milliseconds patience) {
  auto initiate = [&where, &work, patience](auto handler) {
    auto waiter = std::make_shared<ImpatientWaiter<T, decltype(handler)>>(std::move(handler), where.deadlines());
    waiter->wait_at_most(patience);
    where.submit(std::make_unique<ImpatientJob<T, decltype(handler)>>(std::move(work), std::move(waiter)));
  };
  co_return co_await net::async_initiate<const net::use_awaitable_t<>, void(Result<T>)>(initiate, net::use_awaitable);
}

}  // namespace pointsman::sqlite
