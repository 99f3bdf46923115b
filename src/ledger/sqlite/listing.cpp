// SPDX-License-Identifier: Apache-2.0
//
// Three ways to a page:
// - no filter: the table itself, backwards;
// - status, priority, category in any mixture: the index (status, priority, category, number) holds a run of numbers for each
//   combination that exists. There are few of them. Those that match are found by jumping from run to run, and their ends are merged
//   as the page needs them;
// - words: the full-text index, backwards, with the facets as further words; before it, the few newest tickets that it lacks yet.
#include "ledger/sqlite/listing.h"

#include <algorithm>
#include <limits>
#include <queue>

#include "ledger/sqlite/search_index.h"
#include "ledger/sqlite/ticket_rows.h"

namespace pointsman::ledger {
namespace {

constexpr int kMostUnindexedRead = 200'000;         // tickets a query reads one by one: about a second
constexpr int kReadBetweenLooks = 2'000;            // such tickets, before the next look at the clock
constexpr std::chrono::seconds kIndexPause{10};
constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();

bool matches(const Query& query, const Ticket& ticket) {
  return (!query.status || ticket.status == *query.status) && (!query.priority || ticket.priority == *query.priority) &&
         (!query.category || ticket.category == *query.category);
}

// A combination of facets that exists, with the next of its numbers.
struct Run {
  std::int64_t status = 0;
  std::string priority, category;
  std::int64_t next = 0;
  bool operator<(const Run& other) const { return next < other.next; }
};

// The combination after `from`, in the index's order; `from` null: the first. Three plain seeks, because SQLite walks through the whole
// run for one comparison of three columns.
Result<std::optional<Run>> next_run(sqlite::Db& db, const Run* from) {
  const auto first_row = [&db](const char* sql, const auto& bind) -> Result<std::optional<Run>> {
    auto select = db.prepare(sql);
    if (!select) return fail(select.error());
    bind(*select);
    const Result<bool> row = select->step();
    if (!row) return fail(row.error());
    if (!*row) return std::optional<Run>{};
    return std::optional<Run>{{select->integer(0), select->text(1), select->text(2), 0}};
  };
  if (from == nullptr)
    return first_row("SELECT status, priority, category FROM ticket INDEXED BY ticket_facets ORDER BY status, priority, category LIMIT 1",
                     [](sqlite::Statement&) {});
  auto found = first_row("SELECT status, priority, category FROM ticket INDEXED BY ticket_facets"
                         " WHERE status = ?1 AND priority = ?2 AND category > ?3 ORDER BY category LIMIT 1",
                         [from](sqlite::Statement& select) { select.bind(1, from->status).bind(2, from->priority).bind(3, from->category); });
  if (!found || *found) return found;
  found = first_row("SELECT status, priority, category FROM ticket INDEXED BY ticket_facets"
                    " WHERE status = ?1 AND priority > ?2 ORDER BY priority, category LIMIT 1",
                    [from](sqlite::Statement& select) { select.bind(1, from->status).bind(2, from->priority); });
  if (!found || *found) return found;
  return first_row("SELECT status, priority, category FROM ticket INDEXED BY ticket_facets"
                   " WHERE status > ?1 ORDER BY status, priority, category LIMIT 1",
                   [from](sqlite::Statement& select) { select.bind(1, from->status); });
}

// Sets the run's next number below `before`; 0 when there is none.
Result<void> advance(sqlite::Db& db, Run& run, std::int64_t before) {
  auto select = db.prepare("SELECT number FROM ticket INDEXED BY ticket_facets WHERE status = ?1 AND priority = ?2 AND category = ?3"
                           " AND number < ?4 ORDER BY number DESC LIMIT 1");
  if (!select) return fail(select.error());
  const Result<bool> row = select->bind(1, run.status).bind(2, run.priority).bind(3, run.category).bind(4, before).step();
  if (!row) return fail(row.error());
  run.next = *row ? select->integer(0) : 0;
  return {};
}

bool may_match(const Query& query, const Run& run) {
  return (!query.status || static_cast<std::int64_t>(*query.status) == run.status) && (!query.priority || *query.priority == run.priority) &&
         (!query.category || *query.category == run.category);
}

using Numbers = std::vector<TicketNumber>;

Result<Numbers> numbers_by_facets(sqlite::Db& db, const Query& query, std::int64_t before, std::size_t most) {
  std::priority_queue<Run> runs;
  Result<std::optional<Run>> run = next_run(db, nullptr);
  for (; run && *run; run = next_run(db, &**run)) {
    if (!may_match(query, **run)) continue;
    Run matching = **run;
    if (auto found = advance(db, matching, before); !found) return fail(found.error());
    if (matching.next > 0) runs.push(std::move(matching));
  }
  if (!run) return fail(run.error());
  Numbers numbers;
  while (!runs.empty() && numbers.size() < most) {
    Run newest = runs.top();
    runs.pop();
    numbers.push_back(TicketNumber{newest.next});
    if (auto found = advance(db, newest, newest.next); !found) return fail(found.error());
    if (newest.next > 0) runs.push(std::move(newest));
  }
  return numbers;
}

Result<Numbers> numbers_of_all(sqlite::Db& db, std::int64_t before, std::size_t most) {
  auto select = db.prepare("SELECT number FROM ticket WHERE number < ?1 ORDER BY number DESC LIMIT ?2");
  if (!select) return fail(select.error());
  select->bind(1, before).bind(2, static_cast<std::int64_t>(most));
  Numbers numbers;
  for (;;) {
    const Result<bool> row = select->step();
    if (!row) return fail(row.error());
    if (!*row) return numbers;
    numbers.push_back(TicketNumber{select->integer(0)});
  }
}

struct Found {
  std::vector<Ticket> tickets;
  std::optional<TicketNumber> rest;  // below this nothing was looked at, for lack of time
};

// The newest tickets that a search finds and `keep` confirms, at most `most`. Those that the index does not hold yet are read one by
// one: `fits` says whether the index would find them.
template <class Fits, class Keep>
Result<Found> find_tickets(sqlite::Db& db, const std::string& terms, std::int64_t before, std::size_t most, Until until, Fits fits, Keep keep) {
  const Result<TicketNumber> indexed = indexed_to(db);
  if (!indexed) return fail(indexed.error());
  Found found;
  int read = 0;
  const auto look_at = [&](Ticket ticket) -> Result<bool> {
    if (++read > kMostUnindexedRead)
      return fail(Error{Errc::kUnavailable, "the full-text index is still being built after much was filed at once; ask again later",
                        kIndexPause});
    if (read % kReadBetweenLooks == 0 && std::chrono::steady_clock::now() > until) found.rest = ticket.number;
    if (keep(ticket) && fits(ticket)) found.tickets.push_back(std::move(ticket));
    return !found.rest && found.tickets.size() < most;
  };
  if (auto done = each_ticket(db, *indexed, TicketNumber{before}, look_at); !done) return fail(done.error());
  if (found.rest || found.tickets.size() >= most) return found;
  const auto visit = [&](TicketNumber number) -> Result<bool> {
    Result<Ticket> ticket = load_ticket(db, number);
    if (!ticket && ticket.error().code == Errc::kNotFound) return true;
    if (!ticket) return fail(ticket.error());
    if (keep(*ticket)) found.tickets.push_back(std::move(*ticket));
    return found.tickets.size() < most;
  };
  const TicketNumber end{std::min(before, indexed->value() + 1)};
  const auto rest = search(db, terms, end, until, visit);
  if (!rest) return fail(rest.error());
  found.rest = *rest;
  return found;
}

Result<std::vector<Ticket>> load_all(sqlite::Db& db, const Numbers& numbers) {
  std::vector<Ticket> tickets;
  for (const TicketNumber number : numbers) {
    Result<Ticket> ticket = load_ticket(db, number);
    if (!ticket) return fail(ticket.error());
    tickets.push_back(std::move(*ticket));
  }
  return tickets;
}

Result<Found> load_page(sqlite::Db& db, const Query& query, std::size_t most, std::chrono::milliseconds patience) {
  const std::int64_t before = query.after ? query.after->value() : kNewest;
  if (!query.words.empty()) {
    const std::string terms = search_terms(query);
    if (terms.empty()) return Found{};  // nothing in it that a ticket could hold as a word
    return find_tickets(
        db, terms, before, most, std::chrono::steady_clock::now() + patience,
        [&query](const Ticket& ticket) { return has_words(ticket, query); },
        [&query](const Ticket& ticket) { return matches(query, ticket); });
  }
  const bool filtered = query.status || query.priority || query.category;
  const Result<Numbers> numbers = filtered ? numbers_by_facets(db, query, before, most) : numbers_of_all(db, before, most);
  if (!numbers) return fail(numbers.error());
  Result<std::vector<Ticket>> tickets = load_all(db, *numbers);
  if (!tickets) return fail(tickets.error());
  return Found{std::move(*tickets), std::nullopt};
}

}  // namespace

Result<Page> list_tickets(sqlite::Db& db, const Query& query, std::chrono::milliseconds patience) {
  const auto limit = static_cast<std::size_t>(std::clamp(query.limit, 1, kMaxPage));
  Result<Found> found = load_page(db, query, limit + 1, patience);  // one more tells whether there is a next page
  if (!found) return fail(found.error());
  Page page;
  page.next = found->rest;
  if (found->tickets.size() > limit) {
    found->tickets.pop_back();
    page.next = found->tickets.back().number;
  }
  page.tickets = std::move(found->tickets);
  return page;
}

Result<std::vector<Ticket>> list_of_requester(sqlite::Db& db, const std::string& tenant, const std::string& requester_id, int limit) {
  const auto keep = [&](const Ticket& ticket) {
    return ticket.tenant == tenant && ticket.requester.id == requester_id && ticket.status != Status::kClosed &&
           ticket.status != Status::kCancelled;
  };
  const auto fits = [](const Ticket&) { return true; };  // `keep` looks at the requester
  Result<Found> found = find_tickets(db, requester_term(tenant, requester_id), kNewest, static_cast<std::size_t>(std::max(limit, 1)),
                                     Until::max(), fits, keep);
  if (!found) return fail(found.error());
  return std::move(found->tickets);
}

}  // namespace pointsman::ledger
