// SPDX-License-Identifier: Apache-2.0
// Files that the TOML library takes for impossible.
#include <gtest/gtest.h>

#include "config/config.h"

namespace pointsman::config {
namespace {

TEST(OddFiles, a_table_without_a_name_is_a_fault_with_its_place) {
  const auto config = read("[[teams]]\nname = \"it\"\n[ = \"T\"\n", "p.toml", {});
  ASSERT_FALSE(config);
  ASSERT_EQ(config.error().size(), 1u);
  EXPECT_EQ(config.error()[0].line, 3u);
}

TEST(OddFiles, a_letter_of_any_script_may_stand_where_a_space_could) {
  for (const char* letter : {"\uFEDA", "\uFAA6", "\uFB50"}) {
    EXPECT_FALSE(read(letter, "p.toml", {}));
    EXPECT_TRUE(read(std::string("# ") + letter + "\n", "p.toml", {})) << letter;
  }
}

}  // namespace
}  // namespace pointsman::config
