// SPDX-License-Identifier: Apache-2.0
//
// sqlite/migrate.h: brings a file to the newest schema, one step after the other, each in its own transaction.
#pragma once

#include <span>

#include "sqlite/db.h"

namespace pointsman::sqlite {

// The tables of one part of the program. Step i makes version i+1 of the part; the file says which were done. Steps that stand are
// never changed: a new schema is a new step.
struct SchemaPart {
  const char* name;
  std::span<const char* const> steps;
};

// A file with a newer version of a part is refused: an older program must not write to it.
Result<void> migrate(Db& db, const SchemaPart& part);

// The version of a part in a file; 0 when it is not there.
Result<std::int64_t> schema_version(Db& db, const SchemaPart& part);

// What every connection needs before its first use: WAL, full sync, checkpoints left to the Checkpointer.
Result<void> prepare_connection(Db& db, int cache_kilobytes);

}  // namespace pointsman::sqlite
