// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace pointsman {
namespace {

TEST(UuidV7, begins_with_the_time_and_names_version_and_variant) {
  const std::string id = new_uuid_v7(0x0190'1234'5678);
  ASSERT_EQ(id.size(), 36u);
  EXPECT_EQ(id.substr(0, 13), "01901234-5678");
  EXPECT_EQ(id[14], '7');
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
}

TEST(UuidV7, sorts_by_time) { EXPECT_LT(new_uuid_v7(1'000), new_uuid_v7(1'001)); }

TEST(UuidV7, never_repeats_over_many_and_across_threads) {
  std::vector<std::string> a, b;
  const auto fill = [](std::vector<std::string>& to) {
    for (int i = 0; i < 20'000; ++i) to.push_back(new_uuid_v7(1));
  };
  std::thread other([&] { fill(b); });
  fill(a);
  other.join();
  std::set<std::string> all(a.begin(), a.end());
  all.insert(b.begin(), b.end());
  EXPECT_EQ(all.size(), 40'000u);
}

}  // namespace
}  // namespace pointsman
