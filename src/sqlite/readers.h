// SPDX-License-Identifier: Apache-2.0
//
// sqlite/readers.h: threads that read beside the writer. Each has a read-only connection; WAL gives each job a consistent view.
//
// Back-pressure: beyond kMaxWaitingReads a new job fails at once with kThrottled. A query that goes on for kLongestRead is stopped and
// fails with kTimeout, so that it cannot hold a thread, or keep the log from starting over.
// Threads: submit() from the I/O loop.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "sqlite/db.h"
#include "sqlite/job.h"

namespace boost::asio {
class io_context;
}

namespace pointsman::sqlite {

inline constexpr std::size_t kMaxWaitingReads = 10'000;
inline constexpr std::chrono::seconds kLongestRead{4};

class Readers {
 public:
  // One thread a connection. `on_damage` is told, on such a thread, of every read that found damaged data.
  Readers(net::io_context& io, std::vector<std::unique_ptr<Db>> connections, std::function<void(const Error&)> on_damage);
  ~Readers();  // drops what waits
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  void submit(std::unique_ptr<Job> job);

 private:
  void work(Db& db);
  void post(std::unique_ptr<Job> job);

  net::io_context& io_;
  std::vector<std::unique_ptr<Db>> connections_;
  std::function<void(const Error&)> on_damage_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Job>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace pointsman::sqlite
