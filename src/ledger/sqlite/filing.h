// SPDX-License-Identifier: Apache-2.0
//
// ledger/sqlite/filing.h: files one ticket inside the writer's transaction, with everything that must be stored with it.
//
// Threads: the writer's.
#pragma once

#include <functional>

#include "base/clock.h"
#include "ledger/ledger.h"
#include "ledger/sqlite/same_words.h"
#include "sqlite/db.h"

namespace pointsman::ledger {

// Stores what must be there when, and only when, the ticket is: its work item on a queue. Called with the ticket's number set.
using FilingHook = std::function<Result<void>(sqlite::Db&, const Ticket&)>;

class Filing {
 public:
  Filing(FilingHook hook, const Clock& clock) : hook_(std::move(hook)), clock_(clock) {}

  // A new ticket is not copied into the result: `filing.ticket` has its number. Can be repeated when the transaction was undone.
  Result<Filed> file(sqlite::Db& db, NewTicket& filing);
  void after_commit(bool committed) { same_words_.after_commit(committed); }

 private:
  FilingHook hook_;
  const Clock& clock_;
  SameWords same_words_;
};

}  // namespace pointsman::ledger
