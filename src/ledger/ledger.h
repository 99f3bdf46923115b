// SPDX-License-Identifier: Apache-2.0
//
// ledger/ledger.h: the contract of the record of all tickets.
//
// Implementations: ledger/sqlite. All pass tests/contract/ledger_suite.h.
//
// Durability: when file() or change() returns success, the ticket, its history and its work item (see FilingHook of the
// implementation) are on stable storage together. When it returns an error, none of them is there; with kTimeout, unknown.
// Threads: call from the I/O loop only. No member blocks it.
// Errors: kThrottled (too much waiting; retry_after says when), kFull (disk), kUnavailable (locked, read-only), kCorrupt,
// kNotFound, kConflict, kInvalid.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "ticket/ticket.h"

namespace pointsman::ledger {

namespace net = boost::asio;

// A ticket to be filed. The ledger gives the number.
struct NewTicket {
  Ticket ticket;  // number is ignored
  // Names the delivery for ever, e.g. "<message id> <conversation>" or an idempotency key. Empty: the delivery has no name.
  std::string delivery_key;
  // A hash of who said what. The same non-zero hash within `same_words_window` is a repeat of the same words. 0: not looked at.
  std::uint64_t words_hash = 0;
  std::chrono::milliseconds same_words_window{0};
  // Files nothing new: a known delivery is answered as ever, an unknown one is refused with kNotFound.
  bool only_if_known = false;
  // How long the caller can wait; 0: as long as it takes. kUnavailable after that: it is not filed, and never will be. kTimeout: it was
  // being stored, so it may be filed or not; the same words or delivery again find it if it is.
  std::chrono::milliseconds patience{0};
};

struct Filed {
  enum class How { kNew, kSameDelivery, kSameWords } how = How::kNew;
  Ticket ticket;  // as stored when it was first filed: repeats get the very same answer
};

// One entry of a ticket's history.
struct Change {
  Instant at{};
  std::string who;   // "agent ada", "system", a requester's name
  std::string what;  // "filed", "status", "priority", "category", "assignee"
  std::string from, to;
  std::string why;
};

// A change to a ticket. Absent members stay as they are.
struct Patch {
  std::optional<Status> status;
  std::optional<std::string> priority, category, assignee;
  std::string who, why;
};

struct Query {
  std::optional<Status> status;
  std::optional<std::string> priority, category;
  std::string words;              // full text over problem and description; every word must occur
  std::optional<TicketNumber> after;  // a page's `next`: tickets older than this one
  int limit = 50;                 // 1 to kMaxPage
};
inline constexpr int kMaxPage = 200;

struct Page {
  std::vector<Ticket> tickets;  // newest first; fewer than asked for, even none, when a search of very common words took long
  std::optional<TicketNumber> next;  // absent on the last page
};

struct Health {
  bool can_write = true;
  std::string why;  // when it cannot: what happened and what to do
};

class Ledger {
 public:
  virtual ~Ledger() = default;

  virtual net::awaitable<Result<Filed>> file(NewTicket ticket) = 0;
  virtual net::awaitable<Result<Ticket>> change(TicketNumber number, Patch patch) = 0;

  virtual net::awaitable<Result<Ticket>> find(TicketNumber number) = 0;
  virtual net::awaitable<Result<Page>> list(Query query) = 0;
  // Oldest first; begins with "filed". kNotFound when there is no such ticket.
  virtual net::awaitable<Result<std::vector<Change>>> history(TicketNumber number) = 0;
  // The newest tickets of one requester within one tenant that are not closed or cancelled.
  virtual net::awaitable<Result<std::vector<Ticket>>> of_requester(std::string tenant, std::string requester_id, int limit) = 0;

  // Writes a consistent copy while work goes on; `path` must not exist.
  virtual net::awaitable<Result<void>> backup(std::string path) = 0;

  // Whether the last commit, or the last probe since, went through. Never blocks.
  virtual Health health() const = 0;
};

}  // namespace pointsman::ledger
