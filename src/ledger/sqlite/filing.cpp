// SPDX-License-Identifier: Apache-2.0
#include "ledger/sqlite/filing.h"

#include "ledger/sqlite/ticket_rows.h"

namespace pointsman::ledger {
namespace {

struct Known {
  TicketNumber number;
  bool same_words = false;
};

Result<std::optional<Known>> find_delivery(sqlite::Db& db, const std::string& key) {
  if (key.empty()) return std::optional<Known>{};
  auto select = db.prepare("SELECT number, same_words FROM delivery WHERE key = ?1");
  if (!select) return fail(select.error());
  const Result<bool> row = select->bind(1, key).step();
  if (!row) return fail(row.error());
  if (!*row) return std::optional<Known>{};
  return std::optional<Known>{{TicketNumber{select->integer(0)}, select->integer(1) != 0}};
}

Result<void> remember_delivery(sqlite::Db& db, const std::string& key, TicketNumber number, bool same_words) {
  if (key.empty()) return {};
  auto insert = db.prepare("INSERT INTO delivery(key, number, same_words) VALUES(?1, ?2, ?3)");
  if (!insert) return fail(insert.error());
  return insert->bind(1, key).bind(2, number.value()).bind(3, same_words ? 1 : 0).run();
}

Result<Filed> repeat(sqlite::Db& db, TicketNumber number, Filed::How how) {
  Result<Ticket> ticket = load_as_filed(db, number);
  if (!ticket) return fail(ticket.error());
  return Filed{how, std::move(*ticket)};
}

}  // namespace

Result<Filed> Filing::file(sqlite::Db& db, NewTicket& filing) {
  const auto known = find_delivery(db, filing.delivery_key);
  if (!known) return fail(known.error());
  if (*known) return repeat(db, (*known)->number, (*known)->same_words ? Filed::How::kSameWords : Filed::How::kSameDelivery);
  if (filing.only_if_known) return fail(Errc::kNotFound, "this delivery is not known, and is too old to be filed");

  const Instant now = clock_.now();
  if (filing.words_hash != 0) {
    if (auto caught_up = same_words_.catch_up(db); !caught_up) return fail(caught_up.error());
    if (const auto number = same_words_.find(filing.words_hash, now, filing.same_words_window)) {
      // This delivery, too, must be answered the same for ever.
      if (auto noted = remember_delivery(db, filing.delivery_key, *number, true); !noted) return fail(noted.error());
      return repeat(db, *number, Filed::How::kSameWords);
    }
  }
  Ticket& ticket = filing.ticket;
  if (auto stored = insert_ticket(db, ticket, filing.words_hash); !stored) return fail(stored.error());
  if (auto noted = remember_delivery(db, filing.delivery_key, ticket.number, false); !noted) return fail(noted.error());
  if (auto hooked = hook_(db, ticket); !hooked) return fail(hooked.error());
  // Last: a filing that fails is undone on its own, and its number given again.
  same_words_.note(ticket.number, filing.words_hash, ticket.created_at);
  return Filed{Filed::How::kNew, {}};
}

}  // namespace pointsman::ledger
