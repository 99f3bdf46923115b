// SPDX-License-Identifier: Apache-2.0
//
// desk/desk_json.h: what the desk answers, as JSON; the same for REST and for `--json` on the command line. Pure.
#pragma once

#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "queue/queue.h"

namespace pointsman::desk {

struct QueueState {
  std::string name;
  queue::Depth depth;
};

std::string page_json(const ledger::Page& page);                        // {"tickets":[...],"next":cursor or null}
std::string history_json(const std::vector<ledger::Change>& changes);  // {"history":[...]}
std::string queues_json(const std::vector<QueueState>& queues);        // {"queues":[...]}
std::string messages_json(const std::vector<queue::Message>& messages);  // {"messages":[...]}

}  // namespace pointsman::desk
