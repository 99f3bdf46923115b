// SPDX-License-Identifier: Apache-2.0
//
// ledger/sqlite/ticket_rows.h: tickets as rows.
#pragma once

#include <cstdint>

#include "sqlite/db.h"
#include "ticket/ticket.h"

namespace pointsman::ledger {

// Inserts a new row and gives the ticket its number.
Result<void> insert_ticket(sqlite::Db& db, Ticket& ticket, std::uint64_t words_hash);

// kNotFound when there is no such ticket.
Result<Ticket> load_ticket(sqlite::Db& db, TicketNumber number);

// The ticket as it was when it was filed.
Result<Ticket> load_as_filed(sqlite::Db& db, TicketNumber number);

// Writes what may change: status, priority, category, assignee, updated_at.
Result<void> update_ticket(sqlite::Db& db, const Ticket& ticket);

Result<TicketNumber> newest_number(sqlite::Db& db);  // 0 when there is none

}  // namespace pointsman::ledger
