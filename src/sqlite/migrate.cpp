// SPDX-License-Identifier: Apache-2.0
#include "sqlite/migrate.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace pointsman::sqlite {
namespace {

constexpr int kWalTries = 20, kWalPauseMs = 50;
constexpr int kLogKept = 64 * 1024 * 1024;  // bytes that a log may go on to occupy once it started over

Result<std::int64_t> version_of(Db& db, const char* part) {
  const Result<std::int64_t> exists = db.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'");
  if (!exists || *exists == 0) return exists;
  Result<Statement> select = db.prepare("SELECT version FROM schema_version WHERE part = ?1");
  if (!select) return fail(select.error());
  const Result<bool> row = select->bind(1, part).step();
  if (!row) return fail(row.error());
  return *row ? select->integer(0) : 0;
}

Result<void> set_version(Db& db, const char* part, std::int64_t version) {
  if (auto made = db.execute("CREATE TABLE IF NOT EXISTS schema_version(part TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
      !made)
    return made;
  Result<Statement> insert = db.prepare("INSERT OR REPLACE INTO schema_version VALUES(?1, ?2)");
  if (!insert) return fail(insert.error());
  return insert->bind(1, part).bind(2, version).run();
}

Error too_new(const SchemaPart& part, std::int64_t version) {
  return {Errc::kUnavailable,
          fmt::format("the data of \"{}\" has schema version {}, but this program knows only up to {}. Use the newer program, or restore "
                      "a backup from before the update",
                      part.name, version, part.steps.size()),
          {}};
}

// Changing a new file to WAL needs it alone for a moment, and SQLite does not wait for that by itself.
Result<void> switch_to_wal(Db& db) {
  for (int tries = 1;; ++tries) {
    Result<Statement> pragma = db.prepare_once("PRAGMA journal_mode = WAL");
    if (!pragma) return fail(pragma.error());
    const Result<bool> row = pragma->step();
    if (row && *row && pragma->view(0) == "wal") return {};
    if (!row && row.error().code != Errc::kUnavailable) return fail(row.error());
    if (tries == kWalTries)
      return row ? fail(Errc::kUnavailable, db.path() + " cannot be switched to a write-ahead log here; a local file system can do it")
                 : fail(row.error());
    sqlite3_sleep(kWalPauseMs);
  }
}

}  // namespace

Result<void> migrate(Db& db, const SchemaPart& part) {
  const auto newest = static_cast<std::int64_t>(part.steps.size());
  // Most starts have nothing to do and should not need the write lock for that.
  const Result<std::int64_t> found = version_of(db, part.name);
  if (!found) return fail(found.error());
  if (*found == newest) return {};
  if (*found > newest) return fail(too_new(part, *found));
  for (;;) {
    Result<Transaction> transaction = Transaction::begin(db);
    if (!transaction) return fail(transaction.error());
    const Result<std::int64_t> version = version_of(db, part.name);  // another process may have been faster
    if (!version) return fail(version.error());
    if (*version == newest) return {};
    if (*version > newest) return fail(too_new(part, *version));
    if (auto done = db.execute(part.steps[static_cast<std::size_t>(*version)]); !done) return done;
    if (auto done = set_version(db, part.name, *version + 1); !done) return done;
    if (auto done = transaction->commit(); !done) return done;
  }
}

Result<std::int64_t> schema_version(Db& db, const SchemaPart& part) { return version_of(db, part.name); }

Result<void> prepare_connection(Db& db, int cache_kilobytes) {
  // synchronous=FULL: "filed" is said only of what survives a power cut.
  if (auto done = switch_to_wal(db); !done) return done;
  return db.execute(fmt::format("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = {};"
                                "PRAGMA cache_size = -{}; PRAGMA temp_store = MEMORY;",
                                kLogKept, cache_kilobytes)
                        .c_str());
}

}  // namespace pointsman::sqlite
