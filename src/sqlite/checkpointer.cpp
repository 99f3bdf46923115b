// SPDX-License-Identifier: Apache-2.0
#include "sqlite/checkpointer.h"

#include <chrono>

#include <sqlite3.h>

namespace pointsman::sqlite {

Checkpointer::Checkpointer(std::unique_ptr<Db> db, Metrics& metrics, const Logger& log)
    : db_(std::move(db)),
      log_(log),
      seconds_(metrics.histogram("pointsman_checkpoint_seconds", "Time of one checkpoint, beside the writer.")),
      log_pages_(metrics.gauge("pointsman_log_pages", "Pages in the write-ahead log.")),
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
  log_pages_.set(pages);
  {
    const std::lock_guard lock(mutex_);
    pages_ = pages;
    if (pages_ < tried_at_) tried_at_ = 0;  // the log started over
    if (!is_due()) return;
  }
  wake_.notify_one();
}

bool Checkpointer::is_due() const { return !sync_failed_ && pages_ >= kCheckpointPages && pages_ >= tried_at_ + kGrownPages; }

void Checkpointer::work() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || is_due(); });
      if (stopping_) return;
      tried_at_ = pages_;
    }
    const auto begun = std::chrono::steady_clock::now();
    checkpoint();
    seconds_.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  }
}

void Checkpointer::checkpoint() {
  for (int passes = 0; passes < kMostPasses; ++passes) {
    const Pass pass = copy();
    // A failure loses nothing: the log keeps every page until a later checkpoint. What made it fail shows in the commits.
    // A pass that could not copy all it saw met a reader that still needs the older state.
    if (!pass.good || pass.copied < pass.in_log) return;
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (pages_ - pass.copied <= kRestPages || pages_ > kMostLogPages) {
      rest_wanted_ = true;
      return;
    }
  }
}

void Checkpointer::copy_rest(Db& writer_db, int pages) {
  if (pages < kLogCeilingPages) ceiling_ = kLogCeilingPages;
  const bool at_ceiling = pages >= ceiling_;
  if (!rest_wanted_.exchange(false) && !at_ceiling) return;
  std::unique_lock pass(pass_, std::defer_lock);
  if (at_ceiling) pass.lock();
  else if (!pass.try_lock()) return;  // the next pass has begun already and will ask again
  {
    const std::lock_guard lock(mutex_);
    if (sync_failed_) return;
  }
  if (at_ceiling) ceiling_ = pages + kGrownPages;  // should a reader keep the log from starting over
  sqlite3_wal_checkpoint_v2(writer_db.raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

Checkpointer::Pass Checkpointer::copy() {
  const std::lock_guard passing(pass_);
  Pass pass;
  if (sqlite3_wal_checkpoint_v2(db_->raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &pass.in_log, &pass.copied) != SQLITE_OK) return pass;
  // SQLite itself syncs the file only when the log did not grow meanwhile. Without this the rest would bring the writer the sync of
  // everything that was copied here.
  sqlite3_file* file = nullptr;
  sqlite3_file_control(db_->raw(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  pass.good = file != nullptr && file->pMethods != nullptr && file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK;
  if (!pass.good) {
    // What the disk holds of the copied pages is unknown now, and a later sync would not say. The log still has them all, so it must
    // not start over; the next start copies it anew.
    const std::lock_guard lock(mutex_);
    sync_failed_ = true;
    log_.error("the database file could not be synced",
               {{"kind", "state"},
                {"reason", "nothing is lost: the write-ahead log keeps everything, and grows until the next start. Look at the disk "
                           "(dmesg), then start Pointsman again"}});
  }
  return pass;
}

}  // namespace pointsman::sqlite
