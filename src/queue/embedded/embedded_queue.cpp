// SPDX-License-Identifier: Apache-2.0
#include "queue/embedded/embedded_queue.h"

#include <algorithm>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace pointsman::queue {
namespace {

constexpr int kRowsAStep = 200;  // of a purge or redrive in one transaction: a few milliseconds

struct Nothing {};

// A coroutine's last lines: what a job without a value came to.
Result<void> without_value(Result<Nothing> done) {
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<Nothing> with_value(Result<void> done) {
  if (!done) return fail(std::move(done.error()));
  return Nothing{};
}

Result<void> check(const ReceiveOptions& options) {
  if (options.max_messages < 1 || options.max_messages > static_cast<int>(kMaxBatch))
    return fail(Errc::kInvalid, fmt::format("a receive takes 1 to {} messages", kMaxBatch));
  if (options.wait < seconds{0} || options.wait > kMaxWait)
    return fail(Errc::kInvalid, fmt::format("a receive waits 0 to {} seconds", kMaxWait.count()));
  if (options.visibility < seconds{0} || options.visibility > kMaxVisibility)
    return fail(Errc::kInvalid, fmt::format("a visibility timeout is 0 to {} seconds", kMaxVisibility.count()));
  return {};
}

}  // namespace

void Arrivals::after_commit(bool committed) {
  const bool arrived = std::exchange(arrived_, false) && committed;
  if (!arrived) return;
  ++count_;  // before looking for sleepers: who goes to sleep now sees either the count or the bell
  if (sleepers_ == 0) return;
  net::post(io_, [this] {
    for (net::steady_timer* bell : bells_) bell->cancel();
  });
}

net::awaitable<void> Arrivals::wait(std::uint64_t seen, std::chrono::steady_clock::time_point until) {
  net::steady_timer bell(io_, until);
  const auto at = bells_.insert(bells_.end(), &bell);
  ++sleepers_;
  if (count_ != seen) bell.expires_at(std::chrono::steady_clock::time_point::min());
  boost::system::error_code rung;
  co_await bell.async_wait(net::redirect_error(net::use_awaitable, rung));
  --sleepers_;
  bells_.erase(at);
}

net::awaitable<Result<std::vector<Result<void>>>> EmbeddedQueue::send(std::span<const Outgoing> messages) {
  using Outcomes = std::vector<Result<void>>;
  if (messages.empty() || messages.size() > kMaxBatch)
    co_return fail(Errc::kInvalid, fmt::format("a send takes 1 to {} messages", kMaxBatch));
  std::vector<Outgoing> copies(messages.begin(), messages.end());
  std::function<Result<Outcomes>(sqlite::Db&)> work = [this, copies = std::move(copies)](sqlite::Db& db) -> Result<Outcomes> {
    Outcomes outcomes;
    for (const Outgoing& message : copies) {
      Result<void> sent = send_row(db, policy_, message, clock_.now());
      // A message that is wrong, or one too many, is its sender's affair; what the store cannot do fails all of them.
      if (!sent && sent.error().code != Errc::kInvalid && sent.error().code != Errc::kThrottled) return fail(sent.error());
      outcomes.push_back(std::move(sent));
    }
    arrivals_.note();
    return outcomes;
  };
  co_return co_await sqlite::run<Outcomes>(store_.writer(), std::move(work));
}

net::awaitable<Result<Received>> EmbeddedQueue::receive_now(ReceiveOptions options) {
  // Looking is free; only a receive that will find something needs the writer.
  std::function<Result<bool>(sqlite::Db&)> look = [this](sqlite::Db& db) { return has_visible_row(db, policy_, clock_.now()); };
  const Result<bool> something = co_await sqlite::run<bool>(store_.readers(), std::move(look));
  if (!something) co_return fail(something.error());
  if (!*something) co_return Received{};
  std::function<Result<Received>(sqlite::Db&)> work = [this, options](sqlite::Db& db) {
    return receive_rows(db, policy_, options.max_messages, options.visibility, clock_.now());
  };
  co_return co_await sqlite::run<Received>(store_.writer(), std::move(work));
}

net::awaitable<Result<std::vector<Message>>> EmbeddedQueue::receive(ReceiveOptions options) {
  if (auto good = check(options); !good) co_return fail(good.error());
  const auto deadline = std::chrono::steady_clock::now() + options.wait;
  for (;;) {
    const std::uint64_t seen = arrivals_.count();
    Result<Received> received = co_await receive_now(options);
    if (!received) co_return fail(std::move(received.error()));
    if (!received->messages.empty()) co_return std::move(received->messages);
    if (received->more_to_sweep) continue;
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) co_return std::vector<Message>{};
    co_await arrivals_.wait(seen, std::min(deadline, now + kLookAgain));
  }
}

net::awaitable<Result<void>> EmbeddedQueue::remove(ReceiptHandle receipt) {
  std::function<Result<Nothing>(sqlite::Db&)> work = [this, receipt = std::move(receipt)](sqlite::Db& db) {
    return with_value(remove_row(db, policy_, receipt));
  };
  co_return without_value(co_await sqlite::run<Nothing>(store_.writer(), std::move(work)));
}

net::awaitable<Result<void>> EmbeddedQueue::change_visibility(ReceiptHandle receipt, seconds visibility) {
  std::function<Result<Nothing>(sqlite::Db&)> work = [this, receipt = std::move(receipt), visibility](sqlite::Db& db) {
    if (visibility == seconds{0}) arrivals_.note();
    return with_value(change_row_visibility(db, policy_, receipt, visibility, clock_.now()));
  };
  co_return without_value(co_await sqlite::run<Nothing>(store_.writer(), std::move(work)));
}

net::awaitable<Result<Depth>> EmbeddedQueue::depth() {
  std::function<Result<Depth>(sqlite::Db&)> work = [this](sqlite::Db& db) { return measure_rows(db, policy_, clock_.now()); };
  return sqlite::run<Depth>(store_.readers(), std::move(work));
}

net::awaitable<Result<std::vector<Message>>> EmbeddedQueue::peek(int max_messages) {
  std::function<Result<std::vector<Message>>(sqlite::Db&)> work = [this, max_messages](sqlite::Db& db) {
    return peek_rows(db, policy_, max_messages, clock_.now());
  };
  return sqlite::run<std::vector<Message>>(store_.readers(), std::move(work));
}

net::awaitable<Result<std::int64_t>> EmbeddedQueue::in_steps(Step step) {
  std::function<Result<std::int64_t>(sqlite::Db&)> find_end = newest_row;
  const Result<std::int64_t> end = co_await sqlite::run<std::int64_t>(store_.writer(), std::move(find_end));
  if (!end) co_return end;
  for (std::int64_t total = 0;;) {
    std::function<Result<std::int64_t>(sqlite::Db&)> work = [this, step, last = *end](sqlite::Db& db) {
      arrivals_.note();
      return step(db, policy_, last, kRowsAStep);
    };
    const Result<std::int64_t> done = co_await sqlite::run<std::int64_t>(store_.writer(), std::move(work));
    if (!done) co_return done;
    total += *done;
    if (*done < kRowsAStep) co_return total;
  }
}

net::awaitable<Result<void>> EmbeddedQueue::purge() {
  const Result<std::int64_t> removed = co_await in_steps(purge_rows);
  if (!removed) co_return fail(removed.error());
  co_return Result<void>{};
}

net::awaitable<Result<std::int64_t>> EmbeddedQueue::redrive() {
  if (policy_.dead_letter_queue.empty()) co_return fail(Errc::kInvalid, policy_.name + " has no dead-letter queue");
  co_return co_await in_steps(redrive_rows);
}

}  // namespace pointsman::queue
