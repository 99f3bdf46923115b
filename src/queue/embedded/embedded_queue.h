// SPDX-License-Identifier: Apache-2.0
//
// queue/embedded/embedded_queue.h: queues with SQS semantics in the ledger's file. Exact where SQS is approximate: oldest first, and
// depth to the message.
//
// Several processes may work on one file: what one sends, the others' waiting receives find within kLookAgain.
#pragma once

#include <atomic>
#include <list>
#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "queue/embedded/message_rows.h"
#include "queue/queue.h"
#include "sqlite/store.h"

namespace pointsman::queue {

inline constexpr std::chrono::milliseconds kLookAgain{250};

// Wakes the receives that wait for a message when a commit brought one. Made before the store, whose hooks it gets.
class Arrivals {
 public:
  explicit Arrivals(net::io_context& io) : io_(io) {}

  // On the writer's thread.
  void note() { arrived_ = true; }
  void after_commit(bool committed);

  // On the I/O loop: how many commits brought something so far.
  std::uint64_t count() const { return count_; }
  // On the I/O loop: until something arrived anywhere after the first `seen`, or until `until`.
  net::awaitable<void> wait(std::uint64_t seen, std::chrono::steady_clock::time_point until);

 private:
  net::io_context& io_;
  bool arrived_ = false;  // the writer's thread
  std::atomic<std::uint64_t> count_{0};
  std::atomic<int> sleepers_{0};
  std::list<net::steady_timer*> bells_;  // the I/O loop
};

class EmbeddedQueue final : public Queue {
 public:
  // All outlive the queue.
  EmbeddedQueue(sqlite::Store& store, Arrivals& arrivals, Policy policy, const Clock& clock)
      : store_(store), arrivals_(arrivals), policy_(std::move(policy)), clock_(clock) {}

  const std::string& name() const { return policy_.name; }

  net::awaitable<Result<std::vector<Result<void>>>> send(std::span<const Outgoing> messages) override;
  net::awaitable<Result<std::vector<Message>>> receive(ReceiveOptions options) override;
  net::awaitable<Result<void>> remove(ReceiptHandle receipt) override;
  net::awaitable<Result<void>> change_visibility(ReceiptHandle receipt, seconds visibility) override;
  net::awaitable<Result<Depth>> depth() override;
  net::awaitable<Result<void>> purge() override;
  net::awaitable<Result<std::vector<Message>>> peek(int max_messages) override;
  net::awaitable<Result<std::int64_t>> redrive() override;

 private:
  using Step = Result<std::int64_t> (*)(sqlite::Db&, const Policy&, std::int64_t, int);
  net::awaitable<Result<std::int64_t>> in_steps(Step step);
  net::awaitable<Result<Received>> receive_now(ReceiveOptions options);

  sqlite::Store& store_;
  Arrivals& arrivals_;
  Policy policy_;
  const Clock& clock_;
};

}  // namespace pointsman::queue
