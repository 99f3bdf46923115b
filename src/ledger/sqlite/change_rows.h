// SPDX-License-Identifier: Apache-2.0
//
// ledger/sqlite/change_rows.h: changes to a ticket, and the history they make.
#pragma once

#include <vector>

#include "base/clock.h"
#include "ledger/ledger.h"
#include "sqlite/db.h"

namespace pointsman::ledger {

// Applies a patch with one history entry for each value that differs; the ticket as it is now. A closed or cancelled ticket takes
// only a status (kConflict).
Result<Ticket> change_ticket(sqlite::Db& db, TicketNumber number, const Patch& patch, Instant now);

Result<std::vector<Change>> load_history(sqlite::Db& db, TicketNumber number);

}  // namespace pointsman::ledger
