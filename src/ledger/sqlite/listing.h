// SPDX-License-Identifier: Apache-2.0
//
// ledger/sqlite/listing.h: pages of tickets, newest first. Every filter and every page costs about the same, however many tickets
// there are: see listing.cpp.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "sqlite/db.h"

namespace pointsman::ledger {

// A search that takes longer than `patience` ends with what it found; the page's `next` leads on, even from an empty page.
inline constexpr std::chrono::milliseconds kSearchPatience{10};
Result<Page> list_tickets(sqlite::Db& db, const Query& query, std::chrono::milliseconds patience = kSearchPatience);

// See Ledger::of_requester.
Result<std::vector<Ticket>> list_of_requester(sqlite::Db& db, const std::string& tenant, const std::string& requester_id, int limit);

}  // namespace pointsman::ledger
