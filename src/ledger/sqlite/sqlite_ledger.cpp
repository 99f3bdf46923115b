// SPDX-License-Identifier: Apache-2.0
#include "ledger/sqlite/sqlite_ledger.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/sqlite/change_rows.h"
#include "ledger/sqlite/listing.h"
#include "ledger/sqlite/search_index.h"
#include "ledger/sqlite/ticket_rows.h"

namespace pointsman::ledger {
namespace {

constexpr int kIndexedAtOnce = 64;  // tickets in one quiet moment: few, because somebody may file the next instant

struct Nothing {};

Error file_error(const std::string& doing, const std::string& path) {
  const int code = errno;
  const Errc errc = code == ENOSPC || code == EDQUOT ? Errc::kFull : Errc::kUnavailable;
  return {errc, doing + " " + path + " failed: " + std::strerror(code), {}};
}

Result<void> sync_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(file_error("opening", path));
  const int synced = ::fsync(fd);
  const Error error = synced == 0 ? Error{} : file_error("syncing", path);
  ::close(fd);
  return synced == 0 ? Result<void>{} : fail(error);
}

// Tickets are personal data: their copy is for this user alone, wherever it lies. SQLite writes into an empty file as it is.
Result<void> make_private_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) return fail(file_error("making", path));
  ::close(fd);
  return {};
}

// Copies to a name beside the wanted one first, so that a backup with the right name is always whole.
Result<Nothing> write_backup(const std::string& from, const std::string& to) {
  std::error_code ignored;
  if (std::filesystem::exists(to, ignored)) return fail(Errc::kConflict, to + " exists already; choose another name for the backup");
  const std::string partial = to + ".partial";
  std::filesystem::remove(partial, ignored);
  if (auto made = make_private_file(partial); !made) return fail(made.error());
  auto db = sqlite::Db::open(from, sqlite::Access::kReadOnly, 5'000);
  if (!db) return fail(db.error());
  {
    auto copy = (*db)->prepare_once("VACUUM INTO ?1");
    if (!copy) return fail(copy.error());
    if (auto done = copy->bind(1, partial).run(); !done) {
      Error error = done.error();
      error.what = "writing the backup " + to + " failed: " + error.what;
      std::filesystem::remove(partial, ignored);
      return fail(std::move(error));
    }
  }
  if (auto synced = sync_file(partial); !synced) return fail(synced.error());
  if (std::rename(partial.c_str(), to.c_str()) != 0) return fail(file_error("renaming", partial));
  const std::filesystem::path folder = std::filesystem::path(to).parent_path();
  if (auto synced = sync_file(folder.empty() ? "." : folder.string()); !synced) return fail(synced.error());
  return Nothing{};
}

}  // namespace

Result<bool> SqliteLedger::index_in_idle(sqlite::Db& db) { return index_some(db, kIndexedAtOnce); }

net::awaitable<Result<Filed>> SqliteLedger::file(NewTicket ticket) {
  const std::chrono::milliseconds patience = ticket.patience;
  // Shared with the job, which may go on when nobody waits any more.
  const auto filing = std::make_shared<NewTicket>(std::move(ticket));
  std::function<Result<Filed>(sqlite::Db&)> work = [this, filing](sqlite::Db& db) { return filing_.file(db, *filing); };
  auto stored = patience.count() == 0 ? sqlite::run<Filed>(store_.writer(), std::move(work))
                                      : sqlite::run_within<Filed>(store_.writer(), std::move(work), patience);
  Result<Filed> filed = co_await std::move(stored);
  if (filed && filed->how == Filed::How::kNew) filed->ticket = std::move(filing->ticket);
  co_return filed;
}

net::awaitable<Result<Ticket>> SqliteLedger::change(TicketNumber number, Patch patch) {
  std::function<Result<Ticket>(sqlite::Db&)> work = [this, number, patch = std::move(patch)](sqlite::Db& db) {
    return change_ticket(db, number, patch, clock_.now());
  };
  return sqlite::run<Ticket>(store_.writer(), std::move(work));
}

net::awaitable<Result<Ticket>> SqliteLedger::find(TicketNumber number) {
  std::function<Result<Ticket>(sqlite::Db&)> work = [number](sqlite::Db& db) { return load_ticket(db, number); };
  return sqlite::run<Ticket>(store_.readers(), std::move(work));
}

net::awaitable<Result<Page>> SqliteLedger::list(Query query) {
  std::function<Result<Page>(sqlite::Db&)> work = [query = std::move(query)](sqlite::Db& db) { return list_tickets(db, query); };
  return sqlite::run<Page>(store_.readers(), std::move(work));
}

net::awaitable<Result<std::vector<Change>>> SqliteLedger::history(TicketNumber number) {
  std::function<Result<std::vector<Change>>(sqlite::Db&)> work = [number](sqlite::Db& db) { return load_history(db, number); };
  return sqlite::run<std::vector<Change>>(store_.readers(), std::move(work));
}

net::awaitable<Result<std::vector<Ticket>>> SqliteLedger::of_requester(std::string tenant, std::string requester_id, int limit) {
  std::function<Result<std::vector<Ticket>>(sqlite::Db&)> work = [tenant = std::move(tenant), requester_id = std::move(requester_id),
                                                                 limit](sqlite::Db& db) {
    return list_of_requester(db, tenant, requester_id, limit);
  };
  return sqlite::run<std::vector<Ticket>>(store_.readers(), std::move(work));
}

net::awaitable<Result<void>> SqliteLedger::backup(std::string path) {
  std::function<Result<Nothing>(sqlite::Db&)> work = [from = store_.path(), path = std::move(path)](sqlite::Db&) {
    return write_backup(from, path);
  };
  const Result<Nothing> done = co_await sqlite::run<Nothing>(store_.readers(), std::move(work));
  if (!done) co_return fail(done.error());
  co_return Result<void>{};
}

Health SqliteLedger::health() const {
  sqlite::WriterHealth health = store_.writer().health();
  return {health.good, std::move(health.why)};
}

}  // namespace pointsman::ledger
