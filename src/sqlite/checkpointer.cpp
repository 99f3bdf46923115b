// SPDX-License-Identifier: Apache-2.0
#include "sqlite/checkpointer.h"

#include <chrono>

#include <sqlite3.h>

namespace pointsman::sqlite {

Checkpointer::Checkpointer(std::unique_ptr<Db> db, Metrics& metrics)
    : db_(std::move(db)),
      seconds_(metrics.histogram("pointsman_checkpoint_seconds", "Time of one checkpoint, beside the writer.")),
      thread_([this] { work(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Checkpointer::notify(int pages) {
  if (pages < kCheckpointPages) return;
  {
    const std::lock_guard lock(mutex_);
    pages_ = pages;
  }
  wake_.notify_one();
}

void Checkpointer::work() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || pages_ >= kCheckpointPages; });
      if (stopping_) return;
      pages_ = 0;
    }
    const auto begun = std::chrono::steady_clock::now();
    int in_log = 0, copied = 0;
    // A failure here loses nothing: the log keeps every page until a later checkpoint. What made it fail shows in the commits.
    const int code = sqlite3_wal_checkpoint_v2(db_->raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
    seconds_.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    if (code == SQLITE_OK && in_log - copied <= kRestPages) rest_wanted_ = true;
  }
}

}  // namespace pointsman::sqlite
