// SPDX-License-Identifier: Apache-2.0
#include "queue/embedded/queue_rows.h"

namespace pointsman::queue {

Result<std::int64_t> queue_id(sqlite::Db& db, std::string_view name) {
  auto select = db.prepare("SELECT id FROM queue WHERE name = ?1");
  if (!select) return fail(select.error());
  const Result<bool> row = select->bind(1, name).step();
  if (!row) return fail(row.error());
  return *row ? select->integer(0) : 0;
}

Result<Counted> count_messages(sqlite::Db& db, std::string_view name, std::int64_t by) {
  Counted counted;
  {
    auto select = db.prepare("SELECT id, messages FROM queue WHERE name = ?1");
    if (!select) return fail(select.error());
    const Result<bool> row = select->bind(1, name).step();
    if (!row) return fail(row.error());
    if (*row) counted = {select->integer(0), select->integer(1)};
  }
  if (counted.id == 0) {
    auto insert = db.prepare("INSERT INTO queue(name, messages) VALUES(?1, ?2)");
    if (!insert) return fail(insert.error());
    if (auto done = insert->bind(1, name).bind(2, by).run(); !done) return fail(done.error());
    return Counted{db.last_insert_rowid(), by};
  }
  counted.messages += by;
  auto update = db.prepare("UPDATE queue SET messages = ?2 WHERE id = ?1");
  if (!update) return fail(update.error());
  if (auto done = update->bind(1, counted.id).bind(2, counted.messages).run(); !done) return fail(done.error());
  return counted;
}

Result<std::vector<std::string>> queues_with_rows(sqlite::Db& db) {
  auto select = db.prepare("SELECT name FROM queue WHERE messages > 0 ORDER BY name");
  if (!select) return fail(select.error());
  std::vector<std::string> names;
  for (;;) {
    const Result<bool> row = select->step();
    if (!row) return fail(row.error());
    if (!*row) return names;
    names.push_back(select->text(0));
  }
}

}  // namespace pointsman::queue
