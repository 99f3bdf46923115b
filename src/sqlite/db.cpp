// SPDX-License-Identifier: Apache-2.0
#include "sqlite/db.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sqlite3.h>

namespace pointsman::sqlite {
namespace {

// The one place where a SQLite code becomes an Error.
Error to_error(int code, int system_errno, const std::string& path, std::string_view doing, const char* detail) {
  const bool of_the_system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
  const std::string why = of_the_system && system_errno != 0 ? fmt::format(" ({})", std::strerror(system_errno)) : "";
  const auto say = [&](Errc errc, std::string_view what_to_do) {
    return Error{errc, fmt::format("{} failed on {}: {}{}. {}", doing, path, detail, why, what_to_do), {}};
  };
  if (code == SQLITE_CORRUPT_VTAB)  // the tickets themselves are whole
    return say(Errc::kInternal, "The search index is damaged; tickets are still stored. Restore a backup to search again.");
  switch (code & 0xff) {
    case SQLITE_FULL: return say(Errc::kFull, "Free some disk space; work goes on by itself then.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return say(Errc::kUnavailable, "Another process holds the file locked; it goes on by itself when that ends.");
    case SQLITE_READONLY: return say(Errc::kUnavailable, "Make the file and its folder writable for this user.");
    case SQLITE_CANTOPEN: return say(Errc::kUnavailable, "Check that the folder exists and this user may write there.");
    case SQLITE_IOERR:
      if (system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG)
        return say(Errc::kFull, "Free some disk space; work goes on by itself then.");
      return say(Errc::kUnavailable, "The disk did not take or give the data; see the system's log (dmesg).");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return say(Errc::kCorrupt, "The file is damaged or is no ledger. Restore a backup (see docs/operations.md).");
    case SQLITE_TOOBIG: return say(Errc::kInvalid, "It is larger than the store takes.");
    case SQLITE_CONSTRAINT: return say(Errc::kConflict, "It exists already.");
    case SQLITE_INTERRUPT: return say(Errc::kTimeout, "It was stopped because it took too long.");
    default: return say(Errc::kInternal, "This should not happen.");
  }
}

int flags_of(Access access) {
  switch (access) {
    case Access::kReadWrite: return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Access::kReadOnly: return SQLITE_OPEN_READONLY;
    case Access::kImmutable: return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  }
  return SQLITE_OPEN_READONLY;
}

std::string immutable_uri(std::string_view path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else uri += c;
  }
  return uri + "?immutable=1";
}

}  // namespace

Statement::~Statement() {
  if (raw_ == nullptr) return;
  if (!kept_) {
    sqlite3_finalize(raw_);
    return;
  }
  sqlite3_reset(raw_);
  sqlite3_clear_bindings(raw_);
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(raw_, index, value);
  return *this;
}

Statement& Statement::bind(int index, std::string_view value) {
  const char* data = value.data() != nullptr ? value.data() : "";
  sqlite3_bind_text64(raw_, index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(raw_, index);
  return *this;
}

Result<bool> Statement::step() {
  switch (sqlite3_step(raw_)) {
    case SQLITE_ROW: return true;
    case SQLITE_DONE: return false;
    default: return fail(db_->error("A statement"));
  }
}

Result<void> Statement::run() {
  for (;;) {
    const Result<bool> row = step();
    if (!row) return fail(row.error());
    if (!*row) return {};
  }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(raw_, column); }

std::string_view Statement::view(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(raw_, column))};
}

std::string Statement::text(int column) const { return std::string(view(column)); }

bool Statement::is_null(int column) const { return sqlite3_column_type(raw_, column) == SQLITE_NULL; }

namespace {

// Before SQLite's first use. Without the count of its memory, every allocation of every thread is spared a lock that all share.
void configure_once() {
  static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(done);
}

}  // namespace

Result<std::unique_ptr<Db>> Db::open(const std::string& path, Access access, int busy_timeout_ms) {
  configure_once();
  sqlite3* raw = nullptr;
  // NOMUTEX: a connection belongs to one thread, so SQLite's own lock around every call would only cost.
  const int flags = SQLITE_OPEN_NOMUTEX | flags_of(access);
  const int code = sqlite3_open_v2(access == Access::kImmutable ? immutable_uri(path).c_str() : path.c_str(), &raw, flags, nullptr);
  std::unique_ptr<Db> db(new Db(raw, path));
  if (code != SQLITE_OK)
    return fail(raw != nullptr ? db->error("Opening") : Error{Errc::kFull, "no memory to open " + path, {}});
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, busy_timeout_ms);
  return db;
}

Db::~Db() {
  for (const auto& [sql, statement] : kept_) sqlite3_finalize(statement);
  sqlite3_close(raw_);
}

Error Db::error(std::string_view doing) const {
  int system_errno = sqlite3_system_errno(raw_);
  // A write that failed within a commit is told by the file only.
  for (const int op : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
    sqlite3_file* file = nullptr;
    if (system_errno != 0 || (sqlite3_errcode(raw_) & 0xff) != SQLITE_IOERR) break;
    if (sqlite3_file_control(raw_, "main", op, &file) == SQLITE_OK && file != nullptr && file->pMethods != nullptr)
      file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &system_errno);
  }
  return to_error(sqlite3_extended_errcode(raw_), system_errno, path_, doing, sqlite3_errmsg(raw_));
}

Result<void> Db::execute(const char* sql) {
  if (sqlite3_exec(raw_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return fail(error("A statement"));
}

Result<Statement> Db::prepare(const char* sql) {
  sqlite3_stmt*& kept = kept_[sql];
  if (kept == nullptr && sqlite3_prepare_v3(raw_, sql, -1, SQLITE_PREPARE_PERSISTENT, &kept, nullptr) != SQLITE_OK)
    return fail(error("Preparing a statement"));
  return Statement(*this, kept, true);
}

Result<Statement> Db::prepare_once(const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(raw_, sql.data(), static_cast<int>(sql.size()), 0, &raw, nullptr) != SQLITE_OK)
    return fail(error("Preparing a statement"));
  return Statement(*this, raw, false);
}

Result<std::int64_t> Db::integer(const char* sql) {
  Result<Statement> statement = prepare_once(sql);
  if (!statement) return fail(statement.error());
  const Result<bool> row = statement->step();
  if (!row) return fail(row.error());
  return *row ? statement->integer(0) : 0;
}

Result<void> Db::check_in_place() {
  int moved = 0;
  sqlite3_file_control(raw_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved == 0) return {};
  return fail(Errc::kUnavailable, fmt::format("{} was moved, replaced or deleted while it was in use. Put it back; or stop every Pointsman "
                                              "that uses it, put the right file there, and start again",
                                              path_));
}

Result<void> Db::check_writable() {
  if (sqlite3_db_readonly(raw_, "main") != 1) return {};
  return fail(Errc::kUnavailable, path_ + " may only be read. Make the file and its folder writable for this user.");
}

std::int64_t Db::last_insert_rowid() const { return sqlite3_last_insert_rowid(raw_); }
std::int64_t Db::changes() const { return sqlite3_changes64(raw_); }
std::int64_t Db::total_changes() const { return sqlite3_total_changes64(raw_); }

Result<Transaction> Transaction::begin(Db& db) {
  if (auto begun = db.execute("BEGIN IMMEDIATE"); !begun) return fail(begun.error());
  return Transaction(db);
}

Transaction::~Transaction() {
  // A failed COMMIT or a full disk may have rolled back already; then there is nothing to undo.
  if (db_ != nullptr && sqlite3_get_autocommit(db_->raw()) == 0) (void)db_->execute("ROLLBACK");
}

Result<void> Transaction::commit() {
  Result<void> done = db_->execute("COMMIT");
  if (done) db_ = nullptr;
  return done;
}

}  // namespace pointsman::sqlite
