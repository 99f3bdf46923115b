// SPDX-License-Identifier: Apache-2.0
//
// ledger/sqlite/same_words.h: remembers for a while which words became which ticket. In memory: the window is minutes, and after a
// restart it is filled again from the newest tickets.
//
// Bounded: beyond kMostWords the oldest are forgotten, which can only file a ticket twice.
// Threads: the writer's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include "base/clock.h"
#include "base/ids.h"
#include "sqlite/db.h"

namespace pointsman::ledger {

inline constexpr std::size_t kMostWords = 20'000;

class SameWords {
 public:
  // Fills it from the newest rows; returns at once when it was done before.
  Result<void> seed(sqlite::Db& db);

  std::optional<TicketNumber> find(std::uint64_t hash, Instant now, std::chrono::milliseconds window) const;
  void remember(std::uint64_t hash, TicketNumber number, Instant at);

  // What was remembered since the last commit stays, or goes when it was undone.
  void after_commit(bool committed);

 private:
  struct Said {
    TicketNumber number;
    Instant at;
  };
  void forget_oldest();

  std::unordered_map<std::uint64_t, Said> said_;
  std::deque<std::uint64_t> order_;
  std::size_t uncommitted_ = 0;  // at the end of order_
  bool seeded_ = false;
};

}  // namespace pointsman::ledger
