// SPDX-License-Identifier: Apache-2.0
//
// ledger/sqlite/same_words.h: remembers for a while which words became which ticket. In memory: the window is minutes, and it is
// filled from the newest tickets, whoever filed them: after a restart, or when another process works on the same file.
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
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "sqlite/db.h"

namespace pointsman::ledger {

inline constexpr std::size_t kMostWords = 20'000;
inline constexpr std::chrono::hours kLongestSameWords{1};  // what is older than the newest ticket by more is not read again

class SameWords {
 public:
  // Takes in what others filed. Inside the transaction that files the next ticket: only its first call reads, for then nobody else can
  // write.
  Result<void> catch_up(sqlite::Db& db);
  // Takes in what this transaction filed.
  void note(TicketNumber number, std::uint64_t hash, Instant at);

  std::optional<TicketNumber> find(std::uint64_t hash, Instant now, std::chrono::milliseconds window) const;

  // What was taken in since the last commit stays, or goes when it was undone.
  void after_commit(bool committed);

 private:
  struct Said {
    TicketNumber number;
    Instant at;
  };
  void remember(std::uint64_t hash, Said said);
  void forget(const std::pair<std::uint64_t, TicketNumber>& entry);

  std::unordered_map<std::uint64_t, Said> said_;
  std::deque<std::pair<std::uint64_t, TicketNumber>> order_;  // oldest first
  TicketNumber known_to_{0}, committed_to_{0};
  bool caught_up_ = false;  // in this transaction
};

}  // namespace pointsman::ledger
