// SPDX-License-Identifier: Apache-2.0
//
// tests/support/steps.h: how many steps SQLite's machine takes for something. Unlike time it is the same on every run.
#pragma once

#include <cstdint>

#include <sqlite3.h>

#include "sqlite/db.h"

namespace pointsman::test {

template <class What>
std::int64_t steps(sqlite::Db& db, What what) {
  std::int64_t count = 0;
  sqlite3_progress_handler(
      db.raw(), 1,
      [](void* counter) {
        ++*static_cast<std::int64_t*>(counter);
        return 0;
      },
      &count);
  what();
  sqlite3_progress_handler(db.raw(), 0, nullptr, nullptr);
  return count;
}

}  // namespace pointsman::test
