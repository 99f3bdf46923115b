// SPDX-License-Identifier: Apache-2.0
#include "sqlite/writer.h"

#include <chrono>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <sqlite3.h>

namespace pointsman::sqlite {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kProbeEvery{1};
constexpr std::chrono::seconds kFreshFor{2};        // what was found out about the store holds so long
// Nothing came for so long: work that can wait may go on. Between two large batches a busy loop needs some milliseconds to make the next.
constexpr std::chrono::milliseconds kIdleAfter{2}, kIdleAfterHeavyBatch{25};
constexpr std::chrono::milliseconds kRetryAfter{1'000};
// Under load, work that can wait gets a turn so often: soon enough to keep up with a thousand tickets a second while batches are
// small, and hardly ever while every millisecond counts.
constexpr std::chrono::milliseconds kTurnUnderLoad{40}, kTurnUnderHeavyLoad{1'000};
constexpr std::size_t kHeavyBatch = 32;  // jobs
constexpr std::chrono::seconds kPatienceOfRefused{2};
constexpr int kCheckPause = 10;          // times as long as the check of the file took
constexpr int kStepsBetweenLooks = 100'000;  // of SQLite's machine, before a long check looks whether it should end

// Whether a failure is the file's, or the disk's, and not the one job's.
bool is_of_the_store(Errc code) { return code == Errc::kFull || code == Errc::kUnavailable || code == Errc::kCorrupt; }

}  // namespace

Writer::Writer(net::io_context& io, std::unique_ptr<Db> db, std::unique_ptr<Db> checkpoint_db, WriterHooks hooks,
               std::size_t max_waiting, Metrics& metrics, const Logger& log)
    : io_(io),
      db_(std::move(db)),
      hooks_(std::move(hooks)),
      max_waiting_(max_waiting),
      log_(log),
      commit_seconds_(metrics.histogram("pointsman_commit_seconds", "Time of one durable commit, with all the jobs in it.")),
      commits_(metrics.counter("pointsman_commits_total", "Transactions by result.", {{"result", "done"}})),
      failed_commits_(metrics.counter("pointsman_commits_total", "Transactions by result.", {{"result", "failed"}})),
      throttled_(metrics.counter("pointsman_commit_throttled_total", "Jobs refused because too many were waiting to be stored.")),
      waiting_gauge_(metrics.gauge("pointsman_commit_waiting", "Jobs waiting to be stored.")),
      deadlines_(std::make_shared<Deadlines>(io)),
      checkpointer_(std::move(checkpoint_db), metrics, log),
      thread_([this] { work(); }) {}

Writer::~Writer() {
  *alive_ = false;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Writer::submit(std::unique_ptr<Job> job) {
  std::unique_lock lock(mutex_);
  if (waiting_.size() >= max_waiting_) {
    lock.unlock();
    return refuse(std::move(job));
  }
  waiting_.push_back(std::move(job));
  waiting_gauge_.set(static_cast<std::int64_t>(waiting_.size()));
  if (waiting_.size() > 1) return;  // a wake() is on its way
  lock.unlock();
  auto wake_writer = [this, alive = alive_] {
    if (*alive) wake();
  };
  net::post(io_, std::move(wake_writer));  // comes up behind everything that is ready now
}

void Writer::refuse(std::unique_ptr<Job> job) {
  throttled_.add();
  job->fail({Errc::kThrottled, "too much is waiting to be stored; send it again in a second", kRetryAfter});
  Batch one;
  one.push_back(std::move(job));
  post(std::move(one));
}

void Writer::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  wake_.notify_one();
}

WriterHealth Writer::health() const {
  const std::lock_guard lock(mutex_);
  if (!probe_wanted_ && steady_clock::now() - known_at_ > kFreshFor) {
    probe_wanted_ = true;
    wake_.notify_one();
  }
  return health_;
}

WriterHealth Writer::state() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

void Writer::report_damage(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    if (health_.damaged) return;
    health_ = {.good = false, .damaged = true, .why = error.what};
  }
  log_.error("the file is damaged; nothing more is stored in it", {{"kind", "state"}, {"reason", error.what}});
  wake_.notify_one();
}

void Writer::work() {
  const auto remember = [](void* pages, sqlite3*, const char*, int in_log) {
    *static_cast<int*>(pages) = in_log;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(db_->raw(), remember, &pages_in_log_);
  for (;;) {
    Batch batch;
    if (!wait_for_work(batch)) return;
    const std::size_t jobs = batch.size();
    if (jobs > 0) serve(std::move(batch));
    look_after(jobs);
    look_at_log();
  }
}

// Takes all that waits. An empty batch means that it is time for what has no awaiter; false, that the writer is to end.
bool Writer::wait_for_work(Batch& batch) {
  std::unique_lock lock(mutex_);
  const auto something = [this] { return stopping_ || woken_ || probe_wanted_; };
  if (!health_.good) wake_.wait_for(lock, kProbeEvery, something);
  else if (idle_work_left_) wake_.wait_for(lock, quiet_for_, something);
  else wake_.wait_for(lock, kLookAround, something);
  if (!waiting_.empty() && !something()) wake_.wait(lock, something);  // the wake() for them is on its way
  woken_ = false;
  batch.swap(waiting_);
  waiting_gauge_.set(0);
  return !batch.empty() || !stopping_;
}

void Writer::serve(Batch batch) {
  if (const WriterHealth now = state(); now.damaged) {
    for (const auto& job : batch) job->fail({Errc::kCorrupt, now.why, {}});
    failed_commits_.add();
  } else {
    note(commit(batch));
  }
  post(std::move(batch));
}

// What nobody waits for: finding out whether storing works again, and idle work.
void Writer::look_after(std::size_t jobs) {
  const auto now = steady_clock::now();
  bool wanted = false;
  WriterHealth health;
  {
    const std::lock_guard lock(mutex_);
    wanted = std::exchange(probe_wanted_, false);
    health = health_;
  }
  if (health.damaged) {
    if (now >= next_check_) check_whole_file();
    return;
  }
  if (jobs == 0 && (!health.good || wanted)) return probe();
  quiet_for_ = jobs < kHeavyBatch ? kIdleAfter : kIdleAfterHeavyBatch;
  const auto turn = jobs == 0 ? kIdleAfter : jobs < kHeavyBatch ? kTurnUnderLoad : kTurnUnderHeavyLoad;
  if (health.good && (idle_work_left_ || jobs == 0) && now - idle_worked_at_ >= turn) do_idle_work();
}

Result<void> Writer::commit(Batch& batch) {
  const auto begun = steady_clock::now();
  const Result<bool> together = work_together(batch);
  Result<void> outcome = together ? Result<void>{} : fail(together.error());
  if (together && !*together) {
    hooks_.after_commit(false);
    outcome = work_one_by_one(batch);
  }
  if (!outcome)
    for (const auto& job : batch) job->fail(outcome.error());
  hooks_.after_commit(outcome.has_value());
  (outcome ? commits_ : failed_commits_).add();
  commit_seconds_.observe(std::chrono::duration<double>(steady_clock::now() - begun).count());
  idle_work_left_ = true;
  return outcome;
}

// What the disk did not take for one job it will not take for the others, and it may have ended the whole transaction.
bool Writer::is_lost(const Error& error) const { return is_of_the_store(error.code) || sqlite3_get_autocommit(db_->raw()) != 0; }

// All jobs in one transaction, without the means to undo a single one: a savepoint copies every page that its job touches. Almost
// always every job succeeds, or fails before it wrote anything. False: one did not, and nothing was stored.
Result<bool> Writer::work_together(Batch& batch) {
  if (auto there = db_->check_in_place(); !there) return fail(there.error());
  Result<Transaction> transaction = Transaction::begin(*db_);
  if (!transaction) return fail(transaction.error());
  for (const auto& job : batch) {
    const std::int64_t changes_before = db_->total_changes();
    if (job->work(*db_)) continue;
    if (const Error error = db_->error("Storing"); is_lost(error)) return fail(error);
    if (db_->total_changes() != changes_before) return false;
  }
  if (auto done = transaction->commit(); !done) return fail(done.error());
  return true;
}

// The same with a savepoint around each job.
Result<void> Writer::work_one_by_one(Batch& batch) {
  Result<Transaction> transaction = Transaction::begin(*db_);
  if (!transaction) return fail(transaction.error());
  for (const auto& job : batch) {
    if (auto done = db_->execute("SAVEPOINT job"); !done) return done;
    if (!job->work(*db_)) {
      if (const Error error = db_->error("Storing"); is_lost(error)) return fail(error);
      if (auto undone = db_->execute("ROLLBACK TO job"); !undone) return undone;
    }
    if (auto done = db_->execute("RELEASE job"); !done) return done;
  }
  return transaction->commit();
}

void Writer::do_idle_work() {
  Result<Transaction> transaction = Transaction::begin(*db_);
  Result<bool> more = transaction ? hooks_.when_idle(*db_) : fail(transaction.error());
  const Result<void> outcome = more ? transaction->commit() : fail(more.error());
  idle_work_left_ = outcome && *more;
  idle_worked_at_ = steady_clock::now();
  if (outcome) return;
  if (is_of_the_store(outcome.error().code)) note(outcome);
  else log_.warn("work in a quiet moment failed", {{"kind", "state"}, {"reason", outcome.error().what}});
}

void Writer::probe() {
  Result<void> outcome = db_->check_in_place();
  if (outcome) {
    Result<Transaction> transaction = Transaction::begin(*db_);
    outcome = transaction ? db_->execute("CREATE TABLE IF NOT EXISTS probe(at INTEGER); DELETE FROM probe;"
                                         "INSERT INTO probe VALUES(unixepoch())")
                          : fail(transaction.error());
    if (outcome) outcome = transaction->commit();
  }
  note(outcome);
}

// Reads the file anew, past every cache. Who waits meanwhile will be refused anyway, but soon.
void Writer::check_whole_file() {
  const auto begun = next_check_ = steady_clock::now();
  const auto should_end = [](void* self) {
    const auto* writer = static_cast<const Writer*>(self);
    const bool late = steady_clock::now() - writer->next_check_ > kPatienceOfRefused;
    const std::lock_guard lock(writer->mutex_);
    return writer->stopping_ || (late && !writer->waiting_.empty()) ? 1 : 0;
  };
  bool whole = false;
  if (auto fresh = Db::open(db_->path(), Access::kReadOnly, kImpatientTimeoutMs)) {
    sqlite3_progress_handler((*fresh)->raw(), kStepsBetweenLooks, should_end, this);
    auto check = (*fresh)->prepare_once("PRAGMA quick_check(1)");
    if (check) {
      const Result<bool> row = check->step();
      whole = row && *row && check->view(0) == "ok";
    }
  }
  const auto now = steady_clock::now();
  next_check_ = now + kProbeEvery + kCheckPause * (now - begun);
  if (!whole) return;
  sqlite3_db_release_memory(db_->raw());  // our own cache may hold damaged pages; the readers' go with the probe's commit
  {
    const std::lock_guard lock(mutex_);
    health_.damaged = false;
  }
  probe();
}

void Writer::note(const Result<void>& outcome) {
  const bool good = outcome || !is_of_the_store(outcome.error().code);
  if (!good && outcome.error().code == Errc::kCorrupt) return report_damage(outcome.error());
  bool changed = false;
  {
    const std::lock_guard lock(mutex_);
    known_at_ = steady_clock::now();
    if (health_.damaged) return;  // somebody read damaged data meanwhile
    changed = health_.good != good;
    health_.good = good;
    health_.why = good ? "" : outcome.error().what;
  }
  if (!changed) return;
  sqlite3_busy_timeout(db_->raw(), good ? kBusyTimeoutMs : kImpatientTimeoutMs);
  if (good) log_.info("storing works again");
  else log_.error("cannot store", {{"kind", "state"}, {"reason", outcome.error().what}});
}

void Writer::post(Batch batch) {
  // std::function wants to copy what it holds; the loop does not.
  auto deliver = [jobs = std::move(batch)]() mutable {
    for (auto& job : jobs) job->deliver();
  };
  net::post(io_, std::move(deliver));
}

void Writer::look_at_log() {
  checkpointer_.copy_rest(*db_, pages_in_log_);
  checkpointer_.notify(pages_in_log_);
}

}  // namespace pointsman::sqlite
