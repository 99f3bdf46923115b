// SPDX-License-Identifier: Apache-2.0
#include "ledger/sqlite/change_rows.h"

#include "ledger/sqlite/search_index.h"
#include "ledger/sqlite/ticket_rows.h"

namespace pointsman::ledger {
namespace {

Result<void> insert_change(sqlite::Db& db, TicketNumber number, const Change& change) {
  auto insert = db.prepare("INSERT INTO change(number, at, who, what, old_value, new_value, why) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  if (!insert) return fail(insert.error());
  insert->bind(1, number.value()).bind(2, to_unix_ms(change.at)).bind(3, change.who).bind(4, change.what);
  return insert->bind(5, change.from).bind(6, change.to).bind(7, change.why).run();
}

Change filed_entry(const Ticket& ticket) {
  return {.at = ticket.created_at,
          .who = ticket.requester.name,
          .what = "filed",
          .from = "",
          .to = ticket.queue,
          .why = "stated priority: " + ticket.stated_priority};
}

}  // namespace

Result<Ticket> change_ticket(sqlite::Db& db, TicketNumber number, const Patch& patch, Instant now) {
  Result<Ticket> found = load_ticket(db, number);
  if (!found) return found;
  const Ticket before = *found;
  Ticket& ticket = *found;
  const bool over = before.status == Status::kClosed || before.status == Status::kCancelled;
  if (over && !patch.status)
    return fail(Errc::kConflict, "ticket #" + std::to_string(number.value()) + " is " + name(before.status) + "; reopen it first");

  std::vector<Change> changes;
  const auto set = [&](const char* what, std::string& value, const std::optional<std::string>& to) {
    if (!to || *to == value) return;
    changes.push_back({now, patch.who, what, value, *to, patch.why});
    value = *to;
  };
  if (patch.status && *patch.status != ticket.status) {
    changes.push_back({now, patch.who, "status", name(ticket.status), name(*patch.status), patch.why});
    ticket.status = *patch.status;
  }
  set("priority", ticket.priority, patch.priority);
  set("category", ticket.category, patch.category);
  set("assignee", ticket.assignee, patch.assignee);
  if (changes.empty()) return found;

  ticket.updated_at = now;
  if (auto stored = update_ticket(db, ticket); !stored) return fail(stored.error());
  for (const Change& change : changes)
    if (auto stored = insert_change(db, number, change); !stored) return fail(stored.error());
  if (auto indexed = reindex(db, before, ticket); !indexed) return fail(indexed.error());
  return found;
}

Result<std::vector<Change>> load_history(sqlite::Db& db, TicketNumber number) {
  const Result<Ticket> ticket = load_as_filed(db, number);
  if (!ticket) return fail(ticket.error());
  std::vector<Change> history{filed_entry(*ticket)};
  auto select = db.prepare("SELECT at, who, what, old_value, new_value, why FROM change WHERE number = ?1 ORDER BY seq");
  if (!select) return fail(select.error());
  select->bind(1, number.value());
  for (;;) {
    const Result<bool> row = select->step();
    if (!row) return fail(row.error());
    if (!*row) return history;
    history.push_back({from_unix_ms(select->integer(0)), select->text(1), select->text(2), select->text(3), select->text(4),
                       select->text(5)});
  }
}

}  // namespace pointsman::ledger
