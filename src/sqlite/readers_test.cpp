// SPDX-License-Identifier: Apache-2.0
#include "sqlite/readers.h"

#include <future>

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "support/store.h"

namespace pointsman::sqlite {
namespace {

constexpr const char* kSchema[] = {"CREATE TABLE t(x INTEGER PRIMARY KEY); INSERT INTO t VALUES(1)"};

class ReadersTest : public testing::Test {
 protected:
  net::awaitable<Result<std::int64_t>> task(const char* sql) {
    std::function<Result<std::int64_t>(Db&)> work = [sql](Db& db) { return db.integer(sql); };
    return run<std::int64_t>(store_.get().readers(), std::move(work));
  }

  test::TempDir folder_;
  test::Loop loop_;
  test::OpenStore store_{loop_, folder_.file("db"), {{"t", kSchema}}};
};

TEST_F(ReadersTest, answers_many_queries_side_by_side) {
  std::vector<net::awaitable<Result<std::int64_t>>> tasks;
  for (int i = 0; i < 500; ++i) tasks.push_back(task("SELECT x FROM t"));
  for (const auto& read : loop_.wait_all(std::move(tasks))) EXPECT_EQ(*read, 1);
}

TEST_F(ReadersTest, stops_a_query_without_end_and_goes_on_with_others) {
  const auto endless = loop_.wait(task("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"));
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, Errc::kTimeout);
  EXPECT_EQ(*loop_.wait(task("SELECT x FROM t")), 1);
}

TEST_F(ReadersTest, cannot_write) { EXPECT_FALSE(loop_.wait(task("DELETE FROM t RETURNING x"))); }

TEST_F(ReadersTest, refuses_at_once_what_is_beyond_the_limit) {
  constexpr std::size_t kThreads = 2, kTooMany = 5;
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  std::vector<net::awaitable<Result<std::int64_t>>> tasks;
  for (std::size_t i = 0; i < kThreads; ++i) {
    std::function<Result<std::int64_t>(Db&)> hold = [gone](Db&) -> Result<std::int64_t> {
      gone.wait();
      return 1;
    };
    tasks.push_back(run<std::int64_t>(store_.get().readers(), std::move(hold)));
  }
  for (std::size_t i = 0; i < kMaxWaitingReads + kTooMany; ++i) tasks.push_back(task("SELECT x FROM t"));
  // Posted twice: behind the beginning of every task.
  boost::asio::post(loop_.io(), [&] { boost::asio::post(loop_.io(), [&go] { go.set_value(); }); });
  std::size_t refused = 0;
  for (const auto& read : loop_.wait_all(std::move(tasks))) {
    if (read) continue;
    EXPECT_EQ(read.error().code, Errc::kThrottled);
    EXPECT_TRUE(read.error().retry_after.has_value());
    ++refused;
  }
  EXPECT_GE(refused, kTooMany);  // a thread may not have taken its first one yet
  EXPECT_LE(refused, kTooMany + kThreads);
}

}  // namespace
}  // namespace pointsman::sqlite
