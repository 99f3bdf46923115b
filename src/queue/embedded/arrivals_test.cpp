// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "queue/embedded/embedded_queue.h"
#include "support/loop.h"

namespace pointsman::queue {
namespace {

using Nothing = bool;
constexpr std::chrono::hours kForEver{24};  // a wait that nothing ends would hang the test

net::awaitable<Nothing> sleep(Arrivals& arrivals, std::uint64_t seen) {
  co_await arrivals.wait(seen, std::chrono::steady_clock::now() + kForEver);
  co_return true;
}

void arrive(Arrivals& arrivals) {
  arrivals.note();
  arrivals.after_commit(true);
}

TEST(ArrivalsTest, wakes_everybody_who_sleeps) {
  test::Loop loop;
  Arrivals arrivals(loop.io());
  std::vector<net::awaitable<Nothing>> sleepers;
  for (int i = 0; i < 3; ++i) sleepers.push_back(sleep(arrivals, 0));
  boost::asio::post(loop.io(), [&] { boost::asio::post(loop.io(), [&] { arrive(arrivals); }); });
  EXPECT_EQ(loop.wait_all(std::move(sleepers)).size(), 3U);
}

TEST(ArrivalsTest, does_not_let_anybody_sleep_who_has_not_seen_what_came_before) {
  test::Loop loop;
  Arrivals arrivals(loop.io());
  arrive(arrivals);
  EXPECT_TRUE(loop.wait(sleep(arrivals, 0)));
}

TEST(ArrivalsTest, takes_no_notice_of_what_was_undone) {
  test::Loop loop;
  Arrivals arrivals(loop.io());
  arrivals.note();
  arrivals.after_commit(false);
  EXPECT_EQ(arrivals.count(), 0U);
  arrivals.after_commit(true);  // of something else
  EXPECT_EQ(arrivals.count(), 0U);
  arrive(arrivals);
  EXPECT_EQ(arrivals.count(), 1U);
}

}  // namespace
}  // namespace pointsman::queue
