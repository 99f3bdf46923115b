// SPDX-License-Identifier: Apache-2.0
#include "ledger/sqlite/ticket_rows.h"

#include <boost/json.hpp>

namespace pointsman::ledger {
namespace json = boost::json;
namespace {

// Most tickets have neither fields nor attachments.
constexpr std::string_view kNothing = "[]";

std::string write_fields(const std::vector<Field>& fields) {
  if (fields.empty()) return std::string(kNothing);
  json::array list;
  for (const Field& field : fields) list.push_back(json::array{field.name, field.value});
  return json::serialize(list);
}

std::string write_names(const std::vector<std::string>& names) {
  if (names.empty()) return std::string(kNothing);
  json::array list;
  for (const std::string& name : names) list.push_back(json::string(name));
  return json::serialize(list);
}

json::array read_array(std::string_view text) {
  if (text == kNothing) return {};
  json::error_code damaged;  // then the rest of the ticket is still worth showing
  json::value value = json::parse(text, damaged);
  return !damaged && value.is_array() ? std::move(value.get_array()) : json::array{};
}

std::vector<Field> read_fields(std::string_view text) {
  std::vector<Field> fields;
  for (const json::value& item : read_array(text)) {
    const json::array* pair = item.if_array();
    if (pair != nullptr && pair->size() == 2 && (*pair)[0].is_string() && (*pair)[1].is_string())
      fields.push_back({std::string((*pair)[0].get_string()), std::string((*pair)[1].get_string())});
  }
  return fields;
}

std::vector<std::string> read_names(std::string_view text) {
  std::vector<std::string> names;
  for (const json::value& item : read_array(text))
    if (item.is_string()) names.emplace_back(item.get_string());
  return names;
}

Ticket to_ticket(const sqlite::Statement& row) {
  Ticket ticket;
  ticket.number = TicketNumber{row.integer(0)};
  ticket.id = TicketId{row.text(1)};
  ticket.problem = row.text(2);
  ticket.description = row.text(3);
  ticket.priority = row.text(4);
  ticket.stated_priority = row.text(5);
  ticket.category = row.text(6);
  ticket.status = static_cast<Status>(row.integer(7));
  ticket.queue = row.text(8);
  ticket.source = row.text(9);
  ticket.team = row.text(10);
  ticket.tenant = row.text(11);
  ticket.requester = {row.text(12), row.text(13)};
  ticket.assignee = row.text(14);
  ticket.fields = read_fields(row.view(15));
  ticket.attachments = read_names(row.view(16));
  ticket.created_at = from_unix_ms(row.integer(17));
  ticket.updated_at = from_unix_ms(row.integer(18));
  return ticket;
}

Error no_such_ticket(TicketNumber number) {
  return {Errc::kNotFound, "there is no ticket #" + std::to_string(number.value()), {}};
}

}  // namespace

Result<void> insert_ticket(sqlite::Db& db, Ticket& ticket, std::uint64_t words_hash) {
  auto insert = db.prepare(
      "INSERT INTO ticket(id, problem, description, priority, stated_priority, category, status, queue, source, team, tenant,"
      " requester_id, requester_name, assignee, fields, attachments, created_at, updated_at, words_hash)"
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)");
  if (!insert) return fail(insert.error());
  const std::string fields = write_fields(ticket.fields), attachments = write_names(ticket.attachments);
  insert->bind(1, ticket.id.value()).bind(2, ticket.problem).bind(3, ticket.description).bind(4, ticket.priority);
  insert->bind(5, ticket.stated_priority).bind(6, ticket.category).bind(7, static_cast<int>(ticket.status)).bind(8, ticket.queue);
  insert->bind(9, ticket.source).bind(10, ticket.team).bind(11, ticket.tenant).bind(12, ticket.requester.id);
  insert->bind(13, ticket.requester.name).bind(14, ticket.assignee).bind(15, fields).bind(16, attachments);
  insert->bind(17, to_unix_ms(ticket.created_at)).bind(18, to_unix_ms(ticket.updated_at));
  insert->bind(19, static_cast<std::int64_t>(words_hash));
  if (auto done = insert->run(); !done) return done;
  ticket.number = TicketNumber{db.last_insert_rowid()};
  return {};
}

Result<Ticket> load_ticket(sqlite::Db& db, TicketNumber number) {
  auto select = db.prepare(
      "SELECT number, id, problem, description, priority, stated_priority, category, status, queue, source, team, tenant,"
      " requester_id, requester_name, assignee, fields, attachments, created_at, updated_at FROM ticket WHERE number = ?1");
  if (!select) return fail(select.error());
  const Result<bool> row = select->bind(1, number.value()).step();
  if (!row) return fail(row.error());
  if (!*row) return fail(no_such_ticket(number));
  return to_ticket(*select);
}

Result<Ticket> load_as_filed(sqlite::Db& db, TicketNumber number) {
  Result<Ticket> ticket = load_ticket(db, number);
  if (!ticket) return ticket;
  auto select = db.prepare("SELECT what, old_value FROM change WHERE number = ?1 ORDER BY seq DESC");
  if (!select) return fail(select.error());
  select->bind(1, number.value());
  for (;;) {
    const Result<bool> row = select->step();
    if (!row) return fail(row.error());
    if (!*row) break;
    const std::string_view what = select->view(0);
    if (what == "status") ticket->status = parse_status(select->view(1)).value_or(Status::kNew);
    if (what == "priority") ticket->priority = select->text(1);
    if (what == "category") ticket->category = select->text(1);
    if (what == "assignee") ticket->assignee = select->text(1);
  }
  ticket->updated_at = ticket->created_at;
  return ticket;
}

Result<void> update_ticket(sqlite::Db& db, const Ticket& ticket) {
  auto update = db.prepare("UPDATE ticket SET priority = ?2, status = ?3, category = ?4, assignee = ?5, updated_at = ?6 WHERE number = ?1");
  if (!update) return fail(update.error());
  update->bind(1, ticket.number.value()).bind(2, ticket.priority).bind(3, static_cast<int>(ticket.status)).bind(4, ticket.category);
  update->bind(5, ticket.assignee).bind(6, to_unix_ms(ticket.updated_at));
  return update->run();
}

Result<void> each_ticket(sqlite::Db& db, TicketNumber above, TicketNumber before, const std::function<Result<bool>(Ticket)>& visit) {
  auto select = db.prepare(
      "SELECT number, id, problem, description, priority, stated_priority, category, status, queue, source, team, tenant,"
      " requester_id, requester_name, assignee, fields, attachments, created_at, updated_at FROM ticket"
      " WHERE number > ?1 AND number < ?2 ORDER BY number DESC");
  if (!select) return fail(select.error());
  select->bind(1, above.value()).bind(2, before.value());
  for (;;) {
    const Result<bool> row = select->step();
    if (!row) return fail(row.error());
    if (!*row) return {};
    const Result<bool> more = visit(to_ticket(*select));
    if (!more) return fail(more.error());
    if (!*more) return {};
  }
}

Result<TicketNumber> newest_number(sqlite::Db& db) {
  auto select = db.prepare("SELECT coalesce(max(number), 0) FROM ticket");
  if (!select) return fail(select.error());
  const Result<bool> row = select->step();
  if (!row) return fail(row.error());
  return TicketNumber{select->integer(0)};
}

}  // namespace pointsman::ledger
