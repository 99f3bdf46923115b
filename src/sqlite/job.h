// SPDX-License-Identifier: Apache-2.0
//
// sqlite/job.h: a piece of work on a database thread whose result a coroutine on the I/O loop awaits.
//
//   std::function<Result<Ticket>(Db&)> work = [number](Db& db) { return load(db, number); };
//   Result<Ticket> ticket = co_await sqlite::run<Ticket>(readers, std::move(work));
//
// `Where` is a Writer or Readers: something with submit(std::unique_ptr<Job>).
#pragma once

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

}  // namespace pointsman::sqlite
