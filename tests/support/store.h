// SPDX-License-Identifier: Apache-2.0
//
// tests/support/store.h: an open SQLite store with a metrics registry and a log of its own.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "sqlite/store.h"
#include "support/loop.h"
#include "support/temp_dir.h"

namespace pointsman::test {

class OpenStore {
 public:
  OpenStore(Loop& loop, std::string file, std::vector<sqlite::SchemaPart> schema, sqlite::WriterHooks hooks = {},
            std::size_t max_waiting = 10'000) {
    auto opened = sqlite::Store::open(loop.io(), {std::move(file), std::move(schema), max_waiting}, std::move(hooks), metrics_, log_);
    if (!opened) throw std::runtime_error(opened.error().what);
    store_ = std::move(*opened);
  }
  sqlite::Store& get() { return *store_; }
  Metrics& metrics() { return metrics_; }

 private:
  SystemClock clock_;
  Logger log_{STDERR_FILENO, Logger::Form::kHuman, LogLevel::kError, clock_};
  Metrics metrics_;
  std::unique_ptr<sqlite::Store> store_;
};

}  // namespace pointsman::test
