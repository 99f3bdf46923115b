// SPDX-License-Identifier: Apache-2.0
#include "queue/embedded/schema.h"

#include <array>

namespace pointsman::queue {
namespace {

constexpr std::array kSteps{R"(
CREATE TABLE queue(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  messages INTEGER NOT NULL       -- rows of it in `message`, kept by every statement that adds or removes some
);

CREATE TABLE message(
  seq INTEGER PRIMARY KEY,        -- the order of sending
  queue INTEGER NOT NULL,
  state INTEGER NOT NULL,         -- 0 visible, 1 in flight, 2 delayed; 1 and 2 become 0 once they are due
  due INTEGER NOT NULL,           -- ms since the epoch
  receive_count INTEGER NOT NULL,
  generation INTEGER NOT NULL,    -- grows with every receive and never shrinks: what a receipt proves
  received_at INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  id TEXT NOT NULL,
  attributes TEXT NOT NULL,       -- JSON: [[name, value], ...]
  body TEXT NOT NULL
);
-- With these, what a receive or delete costs does not depend on how deep the queue is.
CREATE INDEX message_order ON message(queue, state, seq);
CREATE INDEX message_due ON message(queue, due, state) WHERE state <> 0;
)"};

}  // namespace

sqlite::SchemaPart queue_schema() { return {"queue", kSteps}; }

}  // namespace pointsman::queue
