// SPDX-License-Identifier: Apache-2.0
#include "base/rate_limit.h"

#include <string>

#include <gtest/gtest.h>

namespace pointsman {
namespace {

using namespace std::chrono_literals;

constexpr Instant kStart{1'000'000ms};

TEST(RateLimiter, allows_a_minutes_worth_at_once_and_no_more) {
  RateLimiter limiter(3, 10);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.allow("ada", kStart));
  EXPECT_FALSE(limiter.allow("ada", kStart));
}

TEST(RateLimiter, refills_evenly) {
  RateLimiter limiter(60, 10);
  for (int i = 0; i < 60; ++i) limiter.allow("ada", kStart);
  EXPECT_FALSE(limiter.allow("ada", kStart + 900ms));
  EXPECT_TRUE(limiter.allow("ada", kStart + 1900ms));
}

TEST(RateLimiter, one_caller_does_not_use_up_anothers_share) {
  RateLimiter limiter(1, 10);
  EXPECT_TRUE(limiter.allow("ada", kStart));
  EXPECT_TRUE(limiter.allow("bob", kStart));
}

TEST(RateLimiter, zero_is_no_limit) {
  RateLimiter limiter(0, 10);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(limiter.allow("ada", kStart));
}

TEST(RateLimiter, forgets_the_key_that_was_quiet_longest_when_full) {
  RateLimiter limiter(1, 2);
  limiter.allow("ada", kStart);
  limiter.allow("bob", kStart);
  limiter.allow("ada", kStart);  // still refused, but heard of last
  limiter.allow("eve", kStart);  // bob is forgotten
  EXPECT_FALSE(limiter.allow("ada", kStart));
  EXPECT_TRUE(limiter.allow("bob", kStart));
}

TEST(RateLimiter, a_clock_set_back_gives_nothing_away) {
  RateLimiter limiter(1, 2);
  limiter.allow("ada", kStart);
  EXPECT_FALSE(limiter.allow("ada", kStart - 10min));
  EXPECT_FALSE(limiter.allow("ada", kStart - 10min));
}

}  // namespace
}  // namespace pointsman
