// SPDX-License-Identifier: Apache-2.0
#include "ledger/sqlite/schema.h"

#include <array>

namespace pointsman::ledger {
namespace {

constexpr std::array kSteps{R"(
PRAGMA application_id = 0x506D616E;

-- One row a ticket, as it stands now. Rows are never deleted, so numbers are never used again.
CREATE TABLE ticket(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  problem TEXT NOT NULL,
  description TEXT NOT NULL,
  priority TEXT NOT NULL,
  stated_priority TEXT NOT NULL,
  category TEXT NOT NULL,
  status INTEGER NOT NULL,
  queue TEXT NOT NULL,
  source TEXT NOT NULL,
  team TEXT NOT NULL,
  tenant TEXT NOT NULL,
  requester_id TEXT NOT NULL,
  requester_name TEXT NOT NULL,
  assignee TEXT NOT NULL,
  fields TEXT NOT NULL,           -- JSON: [[name, value], ...]
  attachments TEXT NOT NULL,      -- JSON: [name, ...]
  created_at INTEGER NOT NULL,    -- ms since the epoch, like all times here
  updated_at INTEGER NOT NULL,
  words_hash INTEGER NOT NULL     -- who said what, for repeats of the same words; 0: not looked at
);

-- Serves every filter of a list: the few combinations that exist are walked newest first and merged.
CREATE INDEX ticket_facets ON ticket(status, priority, category, number);

-- What each delivery became. Keys begin with the message's id, which counts up, so the tree grows at its right edge.
CREATE TABLE delivery(
  key TEXT PRIMARY KEY,
  number INTEGER NOT NULL,
  same_words INTEGER NOT NULL     -- 1: it was answered "already filed"
) WITHOUT ROWID;

-- Everything after the filing itself, which the ticket's own row tells.
CREATE TABLE change(
  seq INTEGER PRIMARY KEY,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  old_value TEXT NOT NULL,
  new_value TEXT NOT NULL,
  why TEXT NOT NULL
);
CREATE INDEX change_of_ticket ON change(number, seq);

-- Full text, filled in quiet moments up to `indexed_to`. The words come folded and split already.
CREATE VIRTUAL TABLE search USING fts5(words, content='', detail=none, columnsize=0, tokenize='ascii');
CREATE TABLE search_state(indexed_to INTEGER NOT NULL);
INSERT INTO search_state VALUES(0);
)",
                            R"(
-- Each ticket in the index has a word for its block of numbers now: it is made anew, in quiet moments.
INSERT INTO search(search) VALUES('delete-all');
UPDATE search_state SET indexed_to = 0;
)"};

}  // namespace

sqlite::SchemaPart ledger_schema() { return {"ledger", kSteps}; }

}  // namespace pointsman::ledger
