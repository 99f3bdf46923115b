// SPDX-License-Identifier: Apache-2.0
//
// ticket/message.h: what a way in hands on once it has proved and decoded a delivery.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "ticket/ticket.h"

namespace pointsman {

struct Message {
  std::string source;        // "teams", "rest", "cli"
  std::string team;          // name of the configured entry it came by
  std::string tenant;        // the organisation; empty where there is none
  std::string conversation;  // with `message_id` names this delivery for ever; both may be empty
  std::string message_id;
  Person requester;
  std::string locale;              // "de-DE", or empty
  std::string text;                // plain UTF-8, lines separated by "\n", the webhook's own mention removed
  std::vector<std::string> attachments;  // names of attached files
  std::optional<Instant> sent_at;
};

}  // namespace pointsman
