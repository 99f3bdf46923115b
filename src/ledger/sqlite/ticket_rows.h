// SPDX-License-Identifier: Apache-2.0
//
// ledger/sqlite/ticket_rows.h: tickets as rows.
#pragma once

#include <cstdint>
#include <functional>

#include "sqlite/db.h"
#include "ticket/ticket.h"

namespace pointsman::ledger {

// Inserts a new row and gives the ticket its number.
Result<void> insert_ticket(sqlite::Db& db, Ticket& ticket, std::uint64_t words_hash);

// kNotFound when there is no such ticket.
Result<Ticket> load_ticket(sqlite::Db& db, TicketNumber number);

// The ticket as it was when it was filed: its changes undone, newest first.
Result<Ticket> load_as_filed(sqlite::Db& db, TicketNumber number);

// Writes what may change: status, priority, category, assignee, updated_at.
Result<void> update_ticket(sqlite::Db& db, const Ticket& ticket);

// The tickets with numbers above `above` and below `before`, newest first, given to `visit` until it says false.
Result<void> each_ticket(sqlite::Db& db, TicketNumber above, TicketNumber before, const std::function<Result<bool>(Ticket)>& visit);

Result<TicketNumber> newest_number(sqlite::Db& db);  // 0 when there is none

}  // namespace pointsman::ledger
