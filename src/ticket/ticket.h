// SPDX-License-Identifier: Apache-2.0
//
// ticket/ticket.h: the record of one report, as it is stored, sent and shown.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace pointsman {

// Stored by number: do not change the values.
enum class Status { kNew = 0, kAssigned = 1, kInProgress = 2, kPending = 3, kResolved = 4, kClosed = 5, kCancelled = 6 };

const char* name(Status status) noexcept;  // "new", "assigned", "in progress", ...
std::optional<Status> parse_status(std::string_view name);

struct Person {
  std::string id;    // stable key where the person came from; never shown to other people
  std::string name;  // what they are called
  bool operator==(const Person&) const = default;
};

struct Field {
  std::string name, value;
  bool operator==(const Field&) const = default;
};

struct Ticket {
  TicketNumber number;
  TicketId id;
  std::string problem;      // one line
  std::string description;  // lines separated by "\n"
  std::string priority;         // the level that counts
  std::string stated_priority;  // what the requester said
  std::string category;         // empty: not categorised
  Status status = Status::kNew;
  std::string queue;
  std::string source;  // the way in: "teams", "rest", "cli"
  std::string team;    // the [[teams]] entry it came by; empty for other ways in
  std::string tenant;  // whose people may see it; empty for ways in without tenants
  Person requester;
  std::string assignee;
  std::vector<Field> fields;             // the configured optional fields
  std::vector<std::string> attachments;  // names of files that were sent along; the files stay where they are
  Instant created_at{}, updated_at{};
  bool operator==(const Ticket&) const = default;
};

// The JSON of the REST interface. `schema`, when given, becomes its first member.
std::string to_json(const Ticket& ticket, std::string_view schema = {});

// The body of a queue message.
inline constexpr std::string_view kTicketSchema = "pointsman.ticket/1";

}  // namespace pointsman
