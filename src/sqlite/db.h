// SPDX-License-Identifier: Apache-2.0
//
// sqlite/db.h: a thin owner for a SQLite connection and its statements. Knows no tickets.
//
//   auto insert = db.prepare("INSERT INTO t(a, b) VALUES(?1, ?2)");   // prepared once, kept by the connection
//   insert->bind(1, name).bind(2, count);
//   if (auto done = insert->run(); !done) return fail(done.error());
//
// Threads: a Db and its statements belong to one thread at a time.
// Errors: every SQLite code becomes an Error in one place (to_error in db.cpp), in words for the operator.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pointsman::sqlite {

class Db;

// A prepared statement in use. Going out of scope resets it for its next use. Texts that are bound must live until then.
class Statement {
 public:
  Statement(Db& db, sqlite3_stmt* raw, bool kept) : db_(&db), raw_(raw), kept_(kept) {}
  Statement(Statement&& other) noexcept : db_(other.db_), raw_(std::exchange(other.raw_, nullptr)), kept_(other.kept_) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, int value) { return bind(index, static_cast<std::int64_t>(value)); }
  Statement& bind(int index, std::string_view value);
  Statement& bind_null(int index);

  Result<bool> step();  // whether there is a row
  Result<void> run();   // steps to the end

  std::int64_t integer(int column) const;
  std::string text(int column) const;
  std::string_view view(int column) const;  // valid until the next step
  bool is_null(int column) const;

 private:
  Db* db_;
  sqlite3_stmt* raw_;
  bool kept_;  // by the connection, for its next use
};

// kImmutable: reads a file that nobody has open, and leaves no trace beside it.
enum class Access { kReadWrite, kReadOnly, kImmutable };

class Db {
 public:
  // Opens or (read-write) creates the file. `busy_timeout_ms`: how long to wait for another process's lock.
  static Result<std::unique_ptr<Db>> open(const std::string& path, Access access, int busy_timeout_ms);
  ~Db();
  Db(const Db&) = delete;
  Db& operator=(const Db&) = delete;

  Result<void> execute(const char* sql);          // one or more statements without parameters
  Result<Statement> prepare(const char* sql);     // `sql` must be a literal: statements are kept by its address
  Result<Statement> prepare_once(const std::string& sql);  // for text made at run time; not kept
  Result<std::int64_t> integer(const char* sql);  // the first column of the first row

  std::int64_t last_insert_rowid() const;
  std::int64_t changes() const;        // rows that the last statement changed
  std::int64_t total_changes() const;  // rows changed since the connection was opened
  Error error(std::string_view doing) const;  // the connection's last failure
  const std::string& path() const { return path_; }

  // kUnavailable when the file was moved, replaced or deleted since it was opened: what is written now nobody would find again.
  Result<void> check_in_place();
  // kUnavailable when this user may only read it.
  Result<void> check_writable();
  sqlite3* raw() { return raw_; }

 private:
  Db(sqlite3* raw, std::string path) : raw_(raw), path_(std::move(path)) {}

  sqlite3* raw_;
  std::string path_;
  std::unordered_map<const char*, sqlite3_stmt*> kept_;
};

// Rolls back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Db& db);
  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Db& db) : db_(&db) {}
  Db* db_;
};

}  // namespace pointsman::sqlite
