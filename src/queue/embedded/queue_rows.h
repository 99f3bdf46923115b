// SPDX-License-Identifier: Apache-2.0
//
// queue/embedded/queue_rows.h: one row a queue, with how many messages it holds.
//
// Threads: whichever thread holds the Db.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/db.h"

namespace pointsman::queue {

// The queue's row id; 0 when it never held a message.
Result<std::int64_t> queue_id(sqlite::Db& db, std::string_view name);

struct Counted {
  std::int64_t id = 0, messages = 0;
};

// Counts messages in, or out with a negative number; makes the queue's row when it is the first.
Result<Counted> count_messages(sqlite::Db& db, std::string_view name, std::int64_t by);

// The names of all queues that hold messages.
Result<std::vector<std::string>> queues_with_rows(sqlite::Db& db);

}  // namespace pointsman::queue
