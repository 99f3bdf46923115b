// SPDX-License-Identifier: Apache-2.0
#include "sqlite/job.h"

#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "support/loop.h"
#include "support/temp_dir.h"

namespace pointsman::sqlite {
namespace {

using namespace std::chrono_literals;

// A database thread of the test's: jobs lie until the test takes them.
struct Lying {
  explicit Lying(net::io_context& io) : waiting(std::make_shared<Deadlines>(io)) {}
  std::shared_ptr<Deadlines> waiting;
  const std::shared_ptr<Deadlines>& deadlines() const { return waiting; }
  std::vector<std::unique_ptr<Job>> jobs;
  Db* begin_with = nullptr;  // does the work at once, but does not deliver: a commit that takes long
  void submit(std::unique_ptr<Job> job) {
    if (begin_with != nullptr) job->work(*begin_with);
    jobs.push_back(std::move(job));
  }
};

class ImpatientJobs : public testing::Test {
 protected:
  test::Loop loop_;
  test::TempDir folder_;
  std::unique_ptr<Db> db_ = std::move(*Db::open(folder_.file("x.db"), Access::kReadWrite, 0));
  Lying lying_{loop_.io()};
  int worked_ = 0;

  net::awaitable<Result<int>> ask(std::chrono::milliseconds patience) {
    std::function<Result<int>(Db&)> work = [this](Db&) -> Result<int> { return ++worked_; };
    return run_within<int>(lying_, std::move(work), patience);
  }
};

TEST_F(ImpatientJobs, one_that_is_done_in_time_gives_its_result) {
  net::post(loop_.io(), [this] {
    net::post(loop_.io(), [this] {
      ASSERT_EQ(lying_.jobs.size(), 1u);
      EXPECT_TRUE(lying_.jobs[0]->work(*db_));
      lying_.jobs[0]->deliver();
    });
  });
  const Result<int> result = loop_.wait(ask(1h));
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, 1);
}

TEST_F(ImpatientJobs, one_whose_turn_does_not_come_is_taken_back_and_never_done) {
  const Result<int> result = loop_.wait(ask(1ms));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kUnavailable);
  EXPECT_FALSE(lying_.jobs[0]->work(*db_));
  EXPECT_EQ(worked_, 0);
  lying_.jobs[0]->deliver();  // nobody waits any more
}

TEST_F(ImpatientJobs, one_that_was_begun_is_uncertain_and_goes_on) {
  lying_.begin_with = db_.get();
  const Result<int> result = loop_.wait(ask(1ms));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kTimeout);
  EXPECT_EQ(worked_, 1);
  lying_.jobs[0]->deliver();
}

TEST_F(ImpatientJobs, one_that_failed_says_so) {
  net::post(loop_.io(), [this] {
    net::post(loop_.io(), [this] {
      lying_.jobs[0]->fail({Errc::kFull, "no space", {}});
      lying_.jobs[0]->deliver();
    });
  });
  const Result<int> result = loop_.wait(ask(1h));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kFull);
}

}  // namespace
}  // namespace pointsman::sqlite
