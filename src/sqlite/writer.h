// SPDX-License-Identifier: Apache-2.0
//
// sqlite/writer.h: the one thread that writes. It takes every job that has gathered into one transaction (group commit), so that one
// fsync serves many. Each job stands alone: one that fails is undone, the others go on.
//
// The writer is woken once the I/O loop has taken in all that had arrived, not at the first job: so a busy loop makes large transactions,
// and an idle one loses no time.
//
// Durability: a job's awaiter is resumed with success only after its transaction is on stable storage. When the commit fails, all
// jobs of the transaction fail and none left a trace.
// Back-pressure: beyond max_waiting jobs a new one fails at once with kThrottled.
// Health: after a failed commit the writer tries a small one every second, so that it knows by itself when the cause is gone. In a file
// that is known to be damaged nothing more is stored until a check of all of it finds it whole again.
// Work that can wait (WriterHooks::when_idle) gets its turn in quiet moments, and under load now and then.
// Threads: submit() from the I/O loop; the jobs' work and the hooks run on the writer's thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "sqlite/checkpointer.h"
#include "sqlite/db.h"
#include "sqlite/job.h"

namespace boost::asio {
class io_context;
}

namespace pointsman::sqlite {

struct WriterHooks {
  // After a transaction went through or was undone: what jobs keep in memory follows it.
  std::function<void(bool committed)> after_commit = [](bool) {};
  // One small piece of work, a few milliseconds, that can wait until nobody does; whether there is more. Runs in a transaction of its own,
  // at least once every kLookAround.
  std::function<Result<bool>(Db&)> when_idle = [](Db&) -> Result<bool> { return false; };
};

struct WriterHealth {
  bool good = true;
  bool damaged = false;  // nothing is stored in a file that is known to be corrupt
  std::string why;
};

// How long to wait for another process's lock. Together with everything else it stays below the 5 s in which Teams wants its answer.
inline constexpr int kBusyTimeoutMs = 2'000;
// The same once a wait was in vain: who asks meanwhile is refused soon.
inline constexpr int kImpatientTimeoutMs = 250;
inline constexpr std::chrono::seconds kLookAround{30};

class Writer {
 public:
  // `db` and `checkpoint_db` are two connections to the same file, prepared and migrated.
  Writer(net::io_context& io, std::unique_ptr<Db> db, std::unique_ptr<Db> checkpoint_db, WriterHooks hooks, std::size_t max_waiting,
         Metrics& metrics, const Logger& log);
  ~Writer();  // finishes what waits
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void submit(std::unique_ptr<Job> job);
  const std::shared_ptr<Deadlines>& deadlines() const { return deadlines_; }  // of who waits for a job

  // What the last commit came to. When that was a while ago, a small one is tried soon, so that who asks again learns of a disk that
  // filled up meanwhile. From any thread.
  WriterHealth health() const;

  // Somebody read damaged data. From any thread.
  void report_damage(const Error& error);

 private:
  using Batch = std::vector<std::unique_ptr<Job>>;
  using Moment = std::chrono::steady_clock::time_point;

  void refuse(std::unique_ptr<Job> job);
  void work();
  void wake();
  bool wait_for_work(Batch& batch);
  void serve(Batch batch);
  void look_after(std::size_t jobs);
  Result<void> commit(Batch& batch);
  Result<bool> work_together(Batch& batch);
  Result<void> work_one_by_one(Batch& batch);
  bool is_lost(const Error& error) const;
  void do_idle_work();
  void probe();
  void check_whole_file();
  void note(const Result<void>& outcome);
  WriterHealth state() const;
  void post(Batch batch);
  void look_at_log();

  net::io_context& io_;
  std::unique_ptr<Db> db_;
  WriterHooks hooks_;
  std::size_t max_waiting_;
  const Logger& log_;
  Histogram& commit_seconds_;
  Counter &commits_, &failed_commits_, &throttled_;
  Gauge& waiting_gauge_;

  mutable std::mutex mutex_;
  mutable std::condition_variable wake_;
  Batch waiting_;
  bool woken_ = false;  // for what waits
  WriterHealth health_;
  Moment known_at_;                     // when health_ was last found out
  mutable bool probe_wanted_ = false;
  bool stopping_ = false;

  std::shared_ptr<Deadlines> deadlines_;  // the I/O loop
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // the I/O loop; shared with a wake() that is still on its way

  // The writer's thread only.
  bool idle_work_left_ = true;
  std::chrono::milliseconds quiet_for_{0};  // to wait until idle work goes on
  Moment idle_worked_at_{}, next_check_{};
  int pages_in_log_ = 0;  // as SQLite told after the last commit
  Checkpointer checkpointer_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pointsman::sqlite
