// SPDX-License-Identifier: Apache-2.0
//
// sqlite/checkpointer.h: moves committed pages from the write-ahead log into the database file, beside the writer's work.
//
// A commit never waits for a checkpoint: PASSIVE copies what it can without the writer's lock. It cannot catch up with a writer
// that goes on, so when little is left the Writer copies that rest itself between two commits; then the log starts over and stays
// small.
// Threads: one of its own; notify() from the writer's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "base/metrics.h"
#include "sqlite/db.h"

namespace pointsman::sqlite {

inline constexpr int kCheckpointPages = 2'000;  // in the log before a checkpoint begins: 8 MB
inline constexpr int kRestPages = 1'000;        // that the writer may copy itself

class Checkpointer {
 public:
  Checkpointer(std::unique_ptr<Db> db, Metrics& metrics);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // The log holds so many pages now.
  void notify(int pages);

  // Whether the writer should copy the rest now; true once a checkpoint.
  bool take_rest() { return rest_wanted_.exchange(false); }

 private:
  void work();

  std::unique_ptr<Db> db_;
  Histogram& seconds_;
  std::mutex mutex_;
  std::condition_variable wake_;
  int pages_ = 0;
  bool stopping_ = false;
  std::atomic<bool> rest_wanted_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pointsman::sqlite
