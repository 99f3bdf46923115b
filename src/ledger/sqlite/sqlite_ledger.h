// SPDX-License-Identifier: Apache-2.0
//
// ledger/sqlite/sqlite_ledger.h: the ledger in a SQLite file.
#pragma once

#include "ledger/ledger.h"
#include "ledger/sqlite/filing.h"
#include "sqlite/store.h"

namespace pointsman::ledger {

class SqliteLedger final : public Ledger {
 public:
  // `store` was opened with ledger_schema() and with hooks that call `filing` and index_in_idle(). All outlive the ledger.
  SqliteLedger(sqlite::Store& store, Filing& filing, const Clock& clock) : store_(store), filing_(filing), clock_(clock) {}

  // One small step of the full-text index, for the writer's quiet moments; whether there is more to do.
  static Result<bool> index_in_idle(sqlite::Db& db);

  net::awaitable<Result<Filed>> file(NewTicket ticket) override;
  net::awaitable<Result<Ticket>> change(TicketNumber number, Patch patch) override;
  net::awaitable<Result<Ticket>> find(TicketNumber number) override;
  net::awaitable<Result<Page>> list(Query query) override;
  net::awaitable<Result<std::vector<Change>>> history(TicketNumber number) override;
  net::awaitable<Result<std::vector<Ticket>>> of_requester(std::string tenant, std::string requester_id, int limit) override;
  net::awaitable<Result<void>> backup(std::string path) override;
  Health health() const override;

 private:
  sqlite::Store& store_;
  Filing& filing_;
  const Clock& clock_;
};

}  // namespace pointsman::ledger
