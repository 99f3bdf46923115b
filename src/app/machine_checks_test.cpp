// SPDX-License-Identifier: Apache-2.0
#include "app/machine_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pointsman::app {
namespace {

using ::testing::HasSubstr;

TEST(MachineChecksTest, a_full_disk_is_a_fault_and_a_nearly_full_one_a_warning) {
  EXPECT_EQ(judge_space(49'999'999).grade, Grade::kFault);
  EXPECT_EQ(judge_space(50'000'000).grade, Grade::kWarning);
  EXPECT_EQ(judge_space(999'999'999).grade, Grade::kWarning);
  EXPECT_EQ(judge_space(1'000'000'000).grade, Grade::kGood);
  EXPECT_THAT(judge_space(10'000'000).what, HasSubstr("10 MB free"));
  EXPECT_FALSE(judge_space(10'000'000).mend.empty());
}

TEST(MachineChecksTest, a_clock_that_was_never_set_is_a_fault_and_one_that_nothing_keeps_right_a_warning) {
  const Instant never_set{}, now = *parse_rfc3339("2026-11-24T10:00:00Z");
  EXPECT_EQ(judge_clock(never_set, true).grade, Grade::kFault);
  EXPECT_EQ(judge_clock(now, false).grade, Grade::kWarning);
  EXPECT_EQ(judge_clock(now, true).grade, Grade::kGood);
  EXPECT_FALSE(judge_clock(never_set, true).mend.empty());
  EXPECT_FALSE(judge_clock(now, false).mend.empty());
}

}  // namespace
}  // namespace pointsman::app
