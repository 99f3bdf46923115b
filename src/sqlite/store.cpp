// SPDX-License-Identifier: Apache-2.0
#include "sqlite/store.h"

namespace pointsman::sqlite {
namespace {

constexpr int kReaderThreads = 2;
constexpr int kWriterCacheKilobytes = 16'000, kReaderCacheKilobytes = 8'000, kCheckpointCacheKilobytes = 500;

Result<std::unique_ptr<Db>> open_prepared(const std::string& path, int cache_kilobytes) {
  auto db = Db::open(path, Access::kReadWrite, kBusyTimeoutMs);
  if (!db) return db;
  if (auto writable = (*db)->check_writable(); !writable) return fail(writable.error());
  if (auto done = prepare_connection(**db, cache_kilobytes); !done) return fail(done.error());
  return db;
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(net::io_context& io, const StoreOptions& options, WriterHooks hooks, Metrics& metrics,
                                           const Logger& log) {
  auto db = open_prepared(options.path, kWriterCacheKilobytes);
  if (!db) return fail(db.error());
  for (const SchemaPart& part : options.schema)
    if (auto done = migrate(**db, part); !done) return fail(done.error());
  auto checkpoint_db = open_prepared(options.path, kCheckpointCacheKilobytes);
  if (!checkpoint_db) return fail(checkpoint_db.error());
  std::vector<std::unique_ptr<Db>> connections;
  for (int i = 0; i < kReaderThreads; ++i) {
    auto reader = open_prepared(options.path, kReaderCacheKilobytes);
    if (!reader) return fail(reader.error());
    if (auto done = (*reader)->execute("PRAGMA query_only = ON"); !done) return fail(done.error());
    connections.push_back(std::move(*reader));
  }
  std::unique_ptr<Store> store(new Store);
  store->path_ = options.path;
  store->writer_ = std::make_unique<Writer>(io, std::move(*db), std::move(*checkpoint_db), std::move(hooks), options.max_waiting,
                                            metrics, log);
  store->readers_ = std::make_unique<Readers>(io, std::move(connections),
                                              [writer = store->writer_.get()](const Error& error) { writer->report_damage(error); });
  return store;
}

}  // namespace pointsman::sqlite
