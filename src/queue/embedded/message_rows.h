// SPDX-License-Identifier: Apache-2.0
//
// queue/embedded/message_rows.h: messages as rows; every operation of a queue inside the caller's transaction.
//
// Threads: whichever thread holds the Db.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "queue/queue.h"
#include "sqlite/db.h"

namespace pointsman::queue {

// How one queue behaves.
struct Policy {
  std::string name;
  std::string dead_letter_queue;  // empty: none
  int max_receive_count = 0;      // 0: no end
  seconds retention{14 * 24 * 3600};
  std::int64_t max_messages = 0;  // 0: no limit
};

// kThrottled when the queue is full; kInvalid when the message is not as the contract wants it.
Result<void> send_row(sqlite::Db& db, const Policy& policy, const Outgoing& message, Instant now);

struct Received {
  std::vector<Message> messages;
  bool more_to_sweep = false;  // so much was expired or dead that the rest is left to the next call
};
Result<Received> receive_rows(sqlite::Db& db, const Policy& policy, int most, seconds visibility, Instant now);
Result<void> remove_row(sqlite::Db& db, const Policy& policy, const ReceiptHandle& receipt);
Result<void> change_row_visibility(sqlite::Db& db, const Policy& policy, const ReceiptHandle& receipt, seconds visibility, Instant now);

// Whether a receive now would look at something.
Result<bool> has_visible_row(sqlite::Db& db, const Policy& policy, Instant now);
Result<Depth> measure_rows(sqlite::Db& db, const Policy& policy, Instant now);
Result<std::vector<Message>> peek_rows(sqlite::Db& db, const Policy& policy, int most, Instant now);

// In steps, so that nobody who files has to wait for all of it: at most `most` messages that were sent before `end`, a value of
// newest_row(). How many it was.
Result<std::int64_t> newest_row(sqlite::Db& db);
Result<std::int64_t> purge_rows(sqlite::Db& db, const Policy& policy, std::int64_t end, int most);
Result<std::int64_t> redrive_rows(sqlite::Db& db, const Policy& policy, std::int64_t end, int most);

// Removes what is older than the queue's retention, at most `most` of each state; how many it was.
Result<std::int64_t> expire_rows(sqlite::Db& db, const Policy& policy, int most, Instant now);

}  // namespace pointsman::queue
