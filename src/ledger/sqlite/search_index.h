// SPDX-License-Identifier: Apache-2.0
//
// ledger/sqlite/search_index.h: the full-text index over tickets, with a word for each of their facets. It is filled behind the
// filing, in quiet moments, because nobody who files should wait for it.
//
// Threads: whichever thread holds the Db.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/ledger.h"
#include "sqlite/db.h"

namespace pointsman::ledger {

// Indexes at most `most` tickets that are not yet; whether some are left. Inside a transaction.
Result<bool> index_some(sqlite::Db& db, int most);

// Tickets above this number are not in the index yet.
Result<TicketNumber> indexed_to(sqlite::Db& db);

// Replaces the index entry of a ticket that changed. Inside a transaction.
Result<void> reindex(sqlite::Db& db, const Ticket& before, const Ticket& after);

// What to look for: a `query` in the index's own language. Empty when nothing of it can be looked for.
std::string search_terms(const Query& query);
// Whether a ticket that is not in the index yet has every word of the query.
bool has_words(const Ticket& ticket, const Query& query);
std::string requester_term(std::string_view tenant, std::string_view requester_id);

// The index is asked for so many numbers at a time, for it cannot be stopped while it looks for two words that are in many tickets, but
// never in the same one.
inline constexpr std::int64_t kSearchBlock = 65'536;

// Ticket numbers that match, below `before`, newest first, given to `visit` until it says false. After `until` it begins no further
// block; then the result is the number below which nothing was looked at yet.
using Until = std::chrono::steady_clock::time_point;
Result<std::optional<TicketNumber>> search(sqlite::Db& db, const std::string& terms, TicketNumber before, Until until,
                                           const std::function<Result<bool>(TicketNumber)>& visit);

}  // namespace pointsman::ledger
