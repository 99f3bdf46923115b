// SPDX-License-Identifier: Apache-2.0
#include "ledger/sqlite/same_words.h"

#include <vector>

namespace pointsman::ledger {

Result<void> SameWords::catch_up(sqlite::Db& db) {
  if (caught_up_) return {};
  auto select = db.prepare("SELECT number, words_hash, created_at FROM ticket WHERE number > ?1 ORDER BY number DESC LIMIT ?2");
  if (!select) return fail(select.error());
  select->bind(1, known_to_.value()).bind(2, static_cast<std::int64_t>(kMostWords));
  std::vector<std::pair<std::uint64_t, Said>> newest_first;
  for (;;) {
    const Result<bool> row = select->step();
    if (!row) return fail(row.error());
    if (!*row) break;
    const Said said{TicketNumber{select->integer(0)}, from_unix_ms(select->integer(2))};
    if (!newest_first.empty() && newest_first.front().second.at - said.at > kLongestSameWords) break;
    newest_first.emplace_back(static_cast<std::uint64_t>(select->integer(1)), said);
  }
  for (auto at = newest_first.rbegin(); at != newest_first.rend(); ++at) remember(at->first, at->second);
  caught_up_ = true;
  return {};
}

void SameWords::note(TicketNumber number, std::uint64_t hash, Instant at) {
  if (caught_up_) remember(hash, {number, at});  // else catch_up() will find it, and what came before it
}

std::optional<TicketNumber> SameWords::find(std::uint64_t hash, Instant now, std::chrono::milliseconds window) const {
  const auto at = said_.find(hash);
  if (at == said_.end() || now - at->second.at > window) return std::nullopt;
  return at->second.number;
}

void SameWords::remember(std::uint64_t hash, Said said) {
  known_to_ = said.number;
  if (hash == 0) return;
  said_.insert_or_assign(hash, said);
  order_.emplace_back(hash, said.number);
  if (order_.size() <= kMostWords) return;
  forget(order_.front());
  order_.pop_front();
}

void SameWords::forget(const std::pair<std::uint64_t, TicketNumber>& entry) {
  const auto at = said_.find(entry.first);
  if (at != said_.end() && at->second.number == entry.second) said_.erase(at);  // else the words were said again since
}

void SameWords::after_commit(bool committed) {
  caught_up_ = false;
  if (committed) {
    committed_to_ = known_to_;
    return;
  }
  // The numbers that were undone will be given again, to other words.
  for (; !order_.empty() && order_.back().second > committed_to_; order_.pop_back()) forget(order_.back());
  known_to_ = committed_to_;
}

}  // namespace pointsman::ledger
