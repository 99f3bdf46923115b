// SPDX-License-Identifier: Apache-2.0
//
// bench_fill: makes a ledger with many tickets, through the ledger's own code but in large transactions: rows, deliveries, full-text
// index, and a message on a queue for each ticket that is still open.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/ids.h"
#include "bench/texts.h"
#include "ledger/sqlite/filing.h"
#include "ledger/sqlite/schema.h"
#include "ledger/sqlite/search_index.h"
#include "queue/embedded/deposit.h"
#include "queue/embedded/message_rows.h"
#include "queue/embedded/schema.h"
#include "sqlite/migrate.h"

namespace pointsman::bench {
namespace {

constexpr std::int64_t kBatch = 20'000;
constexpr int kCacheKilobytes = 200'000;
constexpr std::int64_t kPeople = 20'000;
constexpr std::int64_t kMsBetweenTickets = 30'000;  // a million tickets are a year of a large desk

template <class T>
T need(Result<T> result) {
  if (result) {
    if constexpr (std::is_void_v<T>) return;
    else return std::move(*result);
  }
  fmt::print(stderr, "bench_fill: {}\n", result.error().what);
  std::exit(1);
}

// Nine of ten tickets of a desk in use are done.
Status status_of(std::int64_t number) {
  switch (number % 40) {
    case 0: return Status::kNew;
    case 1: return Status::kAssigned;
    case 2: return Status::kInProgress;
    case 3: return Status::kPending;
    case 4: case 5: return Status::kResolved;
    case 6: return Status::kCancelled;
    default: return Status::kClosed;
  }
}

bool is_open(Status status) { return status < Status::kResolved; }

ledger::NewTicket make_ticket(std::int64_t number, Instant at) {
  Report report = make_report(static_cast<std::uint64_t>(number));
  const std::int64_t person = number * 7919 % kPeople;
  ledger::NewTicket made;
  made.delivery_key = fmt::format("{}\x1fteams\x1f" "default\x1f" "19:fill@thread.tacv2;messageid={}", to_unix_ms(at), to_unix_ms(at));
  Ticket& ticket = made.ticket;
  ticket.id = TicketId{new_uuid_v7(to_unix_ms(at))};
  ticket.problem = std::move(report.problem);
  ticket.description = std::move(report.description);
  ticket.priority = ticket.queue = report.priority;
  ticket.stated_priority = report.priority;
  ticket.category = report.category;
  ticket.status = status_of(number);
  ticket.source = "teams";
  ticket.team = "default";
  ticket.tenant = "4dadcc9b-7426-4d7b-8488-3ed1544ec1f8";
  ticket.requester = {fmt::format("7e1edeed-cdb7-4ba2-878a-{:012x}", person), person_name(static_cast<std::uint64_t>(person))};
  ticket.created_at = ticket.updated_at = at;
  return made;
}

void fill(const std::string& path, std::int64_t tickets) {
  auto db = need(sqlite::Db::open(path, sqlite::Access::kReadWrite, 2'000));
  need(sqlite::prepare_connection(*db, kCacheKilobytes));
  need(db->execute("PRAGMA synchronous = OFF"));  // a ledger that nobody will miss
  need(sqlite::migrate(*db, ledger::ledger_schema()));
  need(sqlite::migrate(*db, queue::queue_schema()));
  SystemClock clock;
  ledger::Filing filing(
      [](sqlite::Db& to, const Ticket& ticket) -> Result<void> {
        if (!is_open(ticket.status)) return {};
        return queue::send_row(to, {.name = ticket.queue, .dead_letter_queue = {}}, queue::to_message(ticket), ticket.created_at);
      },
      clock);
  const Instant begin = clock.now() - std::chrono::milliseconds(kMsBetweenTickets * tickets);
  for (std::int64_t done = 0; done < tickets;) {
    auto transaction = need(sqlite::Transaction::begin(*db));
    const std::int64_t last = std::min(tickets, done + kBatch);
    while (done < last) {
      ledger::NewTicket ticket = make_ticket(done, begin + std::chrono::milliseconds(kMsBetweenTickets * done));
      need(filing.file(*db, ticket));
      ++done;
    }
    while (need(ledger::index_some(*db, static_cast<int>(kBatch)))) {
    }
    need(transaction.commit());
    filing.after_commit(true);
    need(db->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
    fmt::print("{} tickets\n", done);
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace pointsman::bench

int main(int argc, char** argv) {
  std::string data;
  std::int64_t tickets = 1'000'000;
  CLI::App app{"Makes a ledger with many tickets."};
  app.add_option("--data", data, "the data directory; must not hold a ledger yet")->required();
  app.add_option("--tickets", tickets);
  CLI11_PARSE(app, argc, argv);
  std::filesystem::create_directories(data);
  const std::string path = (std::filesystem::path(data) / "pointsman.db").string();
  if (std::filesystem::exists(path)) {
    fmt::print(stderr, "bench_fill: {} exists already\n", path);
    return 1;
  }
  pointsman::bench::fill(path, tickets);
}
