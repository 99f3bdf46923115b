// SPDX-License-Identifier: Apache-2.0
#include "ledger/sqlite/same_words.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace pointsman::ledger {

Result<void> SameWords::seed(sqlite::Db& db) {
  if (seeded_) return {};
  auto select = db.prepare("SELECT number, words_hash, created_at FROM ticket ORDER BY number DESC LIMIT ?1");
  if (!select) return fail(select.error());
  select->bind(1, static_cast<std::int64_t>(kMostWords));
  constexpr std::chrono::hours kLongestWindow{1};
  std::vector<std::pair<std::uint64_t, Said>> newest_first;
  for (;;) {
    const Result<bool> row = select->step();
    if (!row) return fail(row.error());
    if (!*row) break;
    const Said said{TicketNumber{select->integer(0)}, from_unix_ms(select->integer(2))};
    if (!newest_first.empty() && newest_first.front().second.at - said.at > kLongestWindow) break;
    if (select->integer(1) != 0) newest_first.emplace_back(static_cast<std::uint64_t>(select->integer(1)), said);
  }
  std::reverse(newest_first.begin(), newest_first.end());
  for (const auto& [hash, said] : newest_first) remember(hash, said.number, said.at);
  uncommitted_ = 0;
  seeded_ = true;
  return {};
}

std::optional<TicketNumber> SameWords::find(std::uint64_t hash, Instant now, std::chrono::milliseconds window) const {
  const auto at = said_.find(hash);
  if (at == said_.end() || now - at->second.at > window) return std::nullopt;
  return at->second.number;
}

void SameWords::remember(std::uint64_t hash, TicketNumber number, Instant at) {
  said_.insert_or_assign(hash, Said{number, at});
  order_.push_back(hash);
  ++uncommitted_;
  if (order_.size() > kMostWords) forget_oldest();
}

void SameWords::forget_oldest() {
  said_.erase(order_.front());
  order_.pop_front();
  uncommitted_ = std::min(uncommitted_, order_.size());
}

void SameWords::after_commit(bool committed) {
  for (; !committed && uncommitted_ > 0; --uncommitted_) {
    said_.erase(order_.back());
    order_.pop_back();
  }
  uncommitted_ = 0;
}

}  // namespace pointsman::ledger
