// SPDX-License-Identifier: Apache-2.0
//
// sqlite/store.h: one database file with its writer, readers and checkpoints. Knows no tickets: the parts that keep their tables in it
// bring their schema and hooks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sqlite/migrate.h"
#include "sqlite/readers.h"
#include "sqlite/writer.h"

namespace pointsman::sqlite {

struct StoreOptions {
  std::string path;
  std::vector<SchemaPart> schema;
  std::size_t max_waiting = 10'000;  // jobs; see Writer
};

class Store {
 public:
  // Opens or creates the file and brings its schema up to date.
  static Result<std::unique_ptr<Store>> open(net::io_context& io, const StoreOptions& options, WriterHooks hooks, Metrics& metrics,
                                             const Logger& log);
  Writer& writer() { return *writer_; }
  Readers& readers() { return *readers_; }
  const std::string& path() const { return path_; }

 private:
  Store() = default;
  std::string path_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Readers> readers_;  // they tell the writer of damage
};

}  // namespace pointsman::sqlite
