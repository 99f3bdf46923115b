// SPDX-License-Identifier: Apache-2.0
#include "ticket/field_text.h"

#include <gtest/gtest.h>

namespace pointsman {
namespace {

TEST(FieldTextTest, one_line_folds_every_run_of_blanks_and_line_breaks) {
  EXPECT_EQ(one_line("  a\r\n\tb \xC2\xA0 c\xE2\x80\xA8" "d\n"), "a b c d");
  EXPECT_EQ(one_line(" \n "), "");
}

TEST(FieldTextTest, many_lines_knows_the_line_breaks_of_every_system) {
  EXPECT_EQ(many_lines("a\r\nb\rc\n\nd\xE2\x80\xA9" "e\xC2\x85" "f"), "a\nb\nc\n\nd\ne\nf");
  EXPECT_EQ(many_lines("\n\n  if x:\n    y\n"), "if x:\n    y");
  EXPECT_EQ(many_lines("a\r\n\r\nb"), "a\n\nb");
}

TEST(FieldTextTest, nothing_invisible_and_nothing_that_turns_the_direction_stays) {
  EXPECT_EQ(one_line("in\xE2\x80\xAEvoice\xE2\x80\x8B.exe"), "invoice.exe");
  EXPECT_EQ(many_lines("\xEF\xBB\xBF" "a\xE2\x80\x8D" "b"), "ab");
}

TEST(FieldTextTest, control_characters_stay_for_validation_to_name) {
  EXPECT_EQ(one_line("a\x1b[31m"), "a\x1b[31m");
  EXPECT_EQ(many_lines(std::string_view("a\0b", 3)), std::string("a\0b", 3));
}

TEST(FieldTextTest, what_is_no_utf8_becomes_the_replacement_character) {
  EXPECT_EQ(one_line("a\xFF" "b"), "a\xEF\xBF\xBD" "b");
  EXPECT_EQ(many_lines("\xC3"), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace pointsman
