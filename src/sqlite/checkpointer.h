// SPDX-License-Identifier: Apache-2.0
//
// sqlite/checkpointer.h: moves committed pages from the write-ahead log into the database file, beside the writer's work.
//
// A commit never waits for a checkpoint: PASSIVE copies what it can without the writer's lock, and the copied pages are synced here.
// It cannot quite catch up with a writer that goes on, so when little is left the Writer copies that rest itself between two commits;
// then the log starts over and stays small. A reader that still needs an older state (a backup) keeps the log from starting over;
// it is tried again as the log grows. After a sync that failed there are no checkpoints until the next start: see copy().
// Where the disk takes commits faster than checkpoints, the log grows to kLogCeilingPages; there the writer waits for the pass that is
// under way.
// Threads: one of its own; notify() and copy_rest() from the writer's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "base/metrics.h"
#include "sqlite/db.h"

namespace pointsman::sqlite {

inline constexpr int kCheckpointPages = 2'000;  // in the log before a checkpoint begins: 8 MB
inline constexpr int kGrownPages = 500;         // that the log grew since the last try, before the next
inline constexpr int kRestPages = 1'000;          // that the writer may copy itself
inline constexpr int kMostLogPages = 16'000;    // 64 MB: beyond that the writer copies whatever is left
inline constexpr int kLogCeilingPages = 24'000;  // 96 MB: beyond that commits wait for the checkpoint
inline constexpr int kMostPasses = 5;           // of one checkpoint after a writer that is as fast

class Checkpointer {
 public:
  Checkpointer(std::unique_ptr<Db> db, Metrics& metrics, const Logger& log);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // The log holds so many pages now.
  void notify(int pages);

  // Between two commits: copies the rest on the writer's own connection when it is time for that.
  void copy_rest(Db& writer_db, int pages);

 private:
  struct Pass {
    bool good = false;
    int in_log = 0, copied = 0;  // pages when the pass began, and those that are in the file now
  };
  void work();
  void checkpoint();
  Pass copy();
  bool is_due() const;  // under the lock

  std::unique_ptr<Db> db_;
  const Logger& log_;
  Histogram& seconds_;
  Gauge& log_pages_;
  std::mutex mutex_;
  std::condition_variable wake_;
  int pages_ = 0;     // in the log, as last told
  int tried_at_ = 0;  // pages in the log at the last pass
  bool stopping_ = false;
  bool sync_failed_ = false;
  std::atomic<bool> rest_wanted_{false};
  int ceiling_ = kLogCeilingPages;  // the writer's thread: where it waits next
  std::mutex pass_;                 // held while pages are copied
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pointsman::sqlite
