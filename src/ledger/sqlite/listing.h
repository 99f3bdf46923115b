// SPDX-License-Identifier: Apache-2.0
//
// ledger/sqlite/listing.h: pages of tickets, newest first. Every filter and every page costs about the same, however many tickets
// there are: see listing.cpp.
#pragma once

#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "sqlite/db.h"

namespace pointsman::ledger {

Result<Page> list_tickets(sqlite::Db& db, const Query& query);

// See Ledger::of_requester.
Result<std::vector<Ticket>> list_of_requester(sqlite::Db& db, const std::string& tenant, const std::string& requester_id, int limit);

}  // namespace pointsman::ledger
