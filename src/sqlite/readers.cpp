// SPDX-License-Identifier: Apache-2.0
#include "sqlite/readers.h"

#include <chrono>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <sqlite3.h>

namespace pointsman::sqlite {
namespace {

constexpr int kStepsBetweenLooks = 10'000;  // of SQLite's machine, before a query looks at the time

int is_late(void* end) {
  return std::chrono::steady_clock::now() > *static_cast<const std::chrono::steady_clock::time_point*>(end) ? 1 : 0;
}

}  // namespace

Readers::Readers(net::io_context& io, std::vector<std::unique_ptr<Db>> connections,
                 std::function<void(const Error&)> on_damage)
    : io_(io), connections_(std::move(connections)), on_damage_(std::move(on_damage)) {
  for (const auto& db : connections_) threads_.emplace_back([this, &db = *db] { work(db); });
}

Readers::~Readers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Readers::submit(std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kMaxWaitingReads) {
      waiting_.push_back(std::move(job));
      return wake_.notify_one();
    }
  }
  job->fail({Errc::kThrottled, "too many queries are waiting; ask again in a second", std::chrono::milliseconds(1'000)});
  post(std::move(job));
}

void Readers::work(Db& db) {
  std::chrono::steady_clock::time_point end;
  sqlite3_progress_handler(db.raw(), kStepsBetweenLooks, is_late, &end);
  for (;;) {
    std::unique_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      job = std::move(waiting_.front());
      waiting_.pop_front();
    }
    end = std::chrono::steady_clock::now() + kLongestRead;
    // One view for all statements of the job.
    if (auto begun = db.execute("BEGIN"); !begun) {
      if (begun.error().code == Errc::kCorrupt) on_damage_(begun.error());
      job->fail(begun.error());
    } else {
      if (!job->work(db))
        if (const Error error = db.error("Reading"); error.code == Errc::kCorrupt) on_damage_(error);
      (void)db.execute("COMMIT");  // of a read: there is nothing that could fail to be stored
    }
    post(std::move(job));
  }
}

void Readers::post(std::unique_ptr<Job> job) {
  auto deliver = [job = std::move(job)] { job->deliver(); };
  net::post(io_, std::move(deliver));
}

}  // namespace pointsman::sqlite
