// SPDX-License-Identifier: Apache-2.0
// What a job in a large transaction must not notice of its neighbours.
#include <gtest/gtest.h>

#include <unistd.h>

#include "sqlite/store.h"
#include "support/loop.h"
#include "support/temp_dir.h"

namespace pointsman::sqlite {
namespace {

constexpr const char* kTable[] = {"CREATE TABLE item(name TEXT NOT NULL)"};

class WriterBatch : public testing::Test {
 protected:
  WriterBatch() {
    WriterHooks hooks;
    hooks.after_commit = [this](bool committed) { (committed ? commits_ : undone_) += 1; };
    auto opened = Store::open(loop_.io(), {.path = folder_.file("test.db"), .schema = {{"item", kTable}}}, std::move(hooks), metrics_, log_);
    if (!opened) throw std::runtime_error(opened.error().what);
    store_ = std::move(*opened);
  }

  // A job that stores a name, and then fails when `good` is false. Counts how often it ran.
  net::awaitable<Result<int>> put(std::string name, bool good) {
    std::function<Result<int>(Db&)> work = [this, name = std::move(name), good](Db& db) -> Result<int> {
      ++runs_;
      auto insert = db.prepare("INSERT INTO item VALUES(?1)");
      if (!insert) return fail(insert.error());
      if (auto done = insert->bind(1, name).run(); !done) return fail(done.error());
      if (!good) return fail(Errc::kConflict, "not wanted");
      return runs_;
    };
    return run<int>(store_->writer(), std::move(work));
  }

  std::string stored() {
    auto db = Db::open(store_->path(), Access::kReadOnly, 2'000);
    auto select = (*db)->prepare("SELECT coalesce(group_concat(name, ' '), '') FROM item");
    return select->step().value() ? select->text(0) : "?";
  }

  test::TempDir folder_;
  test::Loop loop_;
  SystemClock clock_;
  Logger log_{STDERR_FILENO, Logger::Form::kJson, LogLevel::kError, clock_};
  Metrics metrics_;
  int runs_ = 0, commits_ = 0, undone_ = 0;  // the writer's thread; read when the loop has ended
  std::unique_ptr<Store> store_;
};

TEST_F(WriterBatch, jobs_that_arrive_together_share_one_transaction) {
  std::vector<net::awaitable<Result<int>>> tasks;
  for (const char* name : {"a", "b", "c"}) tasks.push_back(put(name, true));
  for (const Result<int>& done : loop_.wait_all(std::move(tasks))) EXPECT_TRUE(done);
  EXPECT_EQ(stored(), "a b c");
  EXPECT_EQ(runs_, 3);
  EXPECT_EQ(commits_, 1);
}

TEST_F(WriterBatch, a_job_that_fails_after_writing_leaves_no_trace_and_takes_nobody_with_it) {
  std::vector<net::awaitable<Result<int>>> tasks;
  for (const char* name : {"a", "bad", "c"}) tasks.push_back(put(name, std::string_view(name) != "bad"));
  const std::vector<Result<int>> done = loop_.wait_all(std::move(tasks));
  EXPECT_TRUE(done[0]);
  EXPECT_EQ(done[1].error().code, Errc::kConflict);
  EXPECT_TRUE(done[2]);
  EXPECT_EQ(stored(), "a c");
  EXPECT_EQ(undone_, 1) << "what was kept in memory of the first attempt must be dropped";
  EXPECT_EQ(commits_, 1);
}

TEST_F(WriterBatch, a_job_that_fails_before_writing_costs_the_others_nothing) {
  std::function<Result<int>(Db&)> nothing = [](Db&) -> Result<int> { return fail(Errc::kNotFound, "nothing there"); };
  std::vector<net::awaitable<Result<int>>> tasks;
  tasks.push_back(put("a", true));
  tasks.push_back(run<int>(store_->writer(), std::move(nothing)));
  tasks.push_back(put("c", true));
  const std::vector<Result<int>> done = loop_.wait_all(std::move(tasks));
  EXPECT_EQ(done[1].error().code, Errc::kNotFound);
  EXPECT_EQ(stored(), "a c");
  EXPECT_EQ(runs_, 2) << "nobody had to do it again";
}

}  // namespace
}  // namespace pointsman::sqlite
