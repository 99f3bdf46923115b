// SPDX-License-Identifier: Apache-2.0
#include "app/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pointsman::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

TEST(TableTest, columns_stand_below_their_titles) {
  Table table({{"NAME"}, {"COUNT", Align::kRight}, {"END"}});
  table.add({"high", "7", "x"});
  table.add({"a-longer-name", "1234567", "y"});
  EXPECT_EQ(table.text(false),
            "NAME             COUNT  END\n"
            "high                 7  x\n"
            "a-longer-name  1234567  y\n");
}

TEST(TableTest, wide_and_combining_characters_keep_the_columns_straight) {
  Table table({{"TEXT"}, {"END"}});
  table.add({"印刷機", "|"});
  table.add({"e\xCC\x81t\xC3\xA9", "|"});
  table.add({"🖨 jam", "|"});
  const auto lines = lines_of(table.text(false));
  ASSERT_EQ(lines.size(), 4u);
  for (std::size_t i = 1; i < lines.size(); ++i) EXPECT_EQ(display_width(lines[i]), display_width(lines[1])) << lines[i];
  EXPECT_EQ(display_width("印刷機"), 6u);
  EXPECT_EQ(display_width("😀"), 2u);
  EXPECT_EQ(display_width("🖨"), 1u);  // an old symbol, shown as text
  EXPECT_EQ(display_width("e\xCC\x81t\xC3\xA9"), 3u);
}

TEST(TableTest, a_long_cell_is_cut_with_an_ellipsis_at_its_width) {
  Table table({{"T", Align::kLeft, 5}, {"END"}});
  table.add({"abcdefgh", "|"});
  table.add({"印刷機機機", "|"});
  const auto lines = lines_of(table.text(false));
  EXPECT_EQ(lines[1], "abcd…  |");
  EXPECT_EQ(lines[2], "印刷…  |");
}

TEST(TableTest, colours_are_there_when_asked_for_only) {
  Table table({{"A"}});
  table.add({"x"});
  EXPECT_THAT(table.text(true), HasSubstr("\x1b[1mA\x1b[0m\n"));
  EXPECT_THAT(table.text(false), Not(HasSubstr("\x1b")));
}

TEST(TableTest, nothing_in_a_cell_reaches_the_terminal_or_starts_a_line) {
  Table table({{"A"}, {"B"}});
  table.add({"\x1b[31mred\x07\r\n2\tx\xC2\x9B" "31m", "\xE2\x80\xAE" "b\xE2\x80\xA8" "c"});
  const std::string text = table.text(false);
  EXPECT_EQ(lines_of(text).size(), 2u);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\x07")));
  EXPECT_THAT(text, Not(HasSubstr("\xC2\x9B")));
  EXPECT_THAT(text, Not(HasSubstr("\xE2\x80\xAE")));
  EXPECT_THAT(text, HasSubstr("b c"));
}

TEST(TableTest, ages_are_told_in_the_unit_that_fits) {
  EXPECT_EQ(age_text(0), "0 s");
  EXPECT_EQ(age_text(119), "119 s");
  EXPECT_EQ(age_text(120), "2 min");
  EXPECT_EQ(age_text(7200), "2 h");
  EXPECT_EQ(age_text(48 * 3600), "2 d");
}

}  // namespace
}  // namespace pointsman::app
