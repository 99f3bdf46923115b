// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gtest/gtest.h>

namespace pointsman::text {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Utf8, every_code_point_comes_back_as_it_went_in) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string bytes;
    append_utf8(bytes, c);
    std::string_view rest = bytes;
    ASSERT_EQ(take_code_point(rest), c);
    ASSERT_TRUE(rest.empty());
  }
}

TEST(Utf8, what_is_no_character_is_written_as_the_replacement) {
  for (const char32_t c : {char32_t{0xD800}, char32_t{0xDFFF}, char32_t{0x110000}}) {
    std::string bytes;
    append_utf8(bytes, c);
    EXPECT_EQ(bytes, "\xEF\xBF\xBD");
  }
}

TEST(Utf8, malformed_bytes_are_taken_one_at_a_time_and_never_read_past_the_end) {
  // A stray continuation, overlong forms, a surrogate, above the last plane, a character cut at the end.
  for (const std::string bad :
       {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF0\x9F\x98", "\xE2\x82", "\xFF"}) {
    std::string_view rest = bad;
    EXPECT_EQ(take_code_point(rest), char32_t{0xFFFD}) << testing::PrintToString(bad);
    EXPECT_EQ(rest.size(), bad.size() - 1);
    EXPECT_FALSE(is_valid_utf8("a" + bad));
  }
}

TEST(Utf8, the_replacement_character_itself_is_valid) {
  EXPECT_TRUE(is_valid_utf8("a\xEF\xBF\xBDz"));
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("Störung 🖨️"));
}

TEST(CutAt, keeps_whole_characters_only) {
  EXPECT_EQ(cut_at("a€b", 1), "a");
  EXPECT_EQ(cut_at("a€b", 2), "a");
  EXPECT_EQ(cut_at("a€b", 3), "a");
  EXPECT_EQ(cut_at("a€b", 4), "a€");
  EXPECT_EQ(cut_at("a€b", 99), "a€b");
  EXPECT_EQ(cut_at("€", 0), "");
}

TEST(CountCodePoints, counts_characters_not_bytes) {
  EXPECT_EQ(count_code_points("Störung"), 7u);
  EXPECT_EQ(count_code_points("🖨"), 1u);
  EXPECT_EQ(count_code_points(""), 0u);
}

TEST(Trim, takes_every_kind_of_space_off_both_ends) {
  EXPECT_EQ(trim(" \t\r\n\u00A0\u2003\u3000 x y \u2028\u202F\n"), "x y");
  EXPECT_EQ(trim("\u00A0\u00A0"), "");
  EXPECT_EQ(trim("é"), "é");
  EXPECT_EQ(trim("\x80"), "\x80");  // malformed bytes are no spaces
}

TEST(Characters, invisible_ones_are_those_that_hide_or_turn_text) {
  for (const char32_t c :
       {0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x202A, 0x202E, 0x2060, 0x2066, 0x2069, 0xFEFF, 0x3164, 0x115F, 0xE0001})
    EXPECT_TRUE(is_invisible(c)) << std::hex << static_cast<unsigned>(c);
  for (const char32_t c : {U' ', U'a', U'ä', U'\u00A0', U'€', U'🖨', U'\uFE0F', U'\n'})
    EXPECT_FALSE(is_invisible(c)) << std::hex << static_cast<unsigned>(c);
}

TEST(Characters, controls_are_all_but_tab_and_line_feed) {
  for (const char32_t c : {0x00, 0x01, 0x08, 0x0B, 0x0D, 0x1B, 0x1F, 0x7F, 0x80, 0x9F})
    EXPECT_TRUE(is_control(c)) << static_cast<unsigned>(c);
  for (const char32_t c : {U'\t', U'\n', U' ', U'~', U'\u00A0'}) EXPECT_FALSE(is_control(c)) << static_cast<unsigned>(c);
}

TEST(OneLine, joins_lines_and_runs_of_spaces_and_drops_what_does_not_show) {
  for (const auto& [in, out] : Pairs{{"  a \n\n\t b\u00A0\u00A0c ", "a b c"},
                                     {"a\u200Bb\u202Ec", "abc"},
                                     {"a\r\nb\u2028c", "a b c"},
                                     {" \u200B ", ""},
                                     {"\u200B a", "a"}})
    EXPECT_EQ(one_line(in), out);
}

TEST(PlainLines, keeps_lines_whatever_breaks_them) {
  for (const auto& [in, out] : Pairs{{"a\r\nb\rc\u2028d\u0085e\x0B"
                                      "f",
                                      "a\nb\nc\nd\ne\nf"},
                                     {"\n a\n\n  b \n", "a\n\n  b"},
                                     {"a\u200Bb", "ab"}})
    EXPECT_EQ(plain_lines(in), out);
}

TEST(PlainTexts, one_line_folds_every_run_of_blanks_and_line_breaks) {
  EXPECT_EQ(one_line("  a\r\n\tb \xC2\xA0 c\xE2\x80\xA8"
                     "d\n"),
            "a b c d");
  EXPECT_EQ(one_line(" \n "), "");
}

TEST(PlainTexts, plain_lines_knows_the_line_breaks_of_every_system) {
  EXPECT_EQ(plain_lines("a\r\nb\rc\n\nd\xE2\x80\xA9"
                        "e\xC2\x85"
                        "f"),
            "a\nb\nc\n\nd\ne\nf");
  EXPECT_EQ(plain_lines("\n\n  if x:\n    y\n"), "if x:\n    y");
  EXPECT_EQ(plain_lines("a\r\n\r\nb"), "a\n\nb");
}

TEST(PlainTexts, nothing_invisible_and_nothing_that_turns_the_direction_stays) {
  EXPECT_EQ(one_line("in\xE2\x80\xAEvoice\xE2\x80\x8B.exe"), "invoice.exe");
  EXPECT_EQ(plain_lines("\xEF\xBB\xBF"
                        "a\xE2\x80\x8D"
                        "b"),
            "ab");
}

TEST(PlainTexts, control_characters_stay_for_validation_to_name) {
  EXPECT_EQ(one_line("a\x1b[31m"), "a\x1b[31m");
  EXPECT_EQ(plain_lines(std::string_view("a\0b", 3)), std::string("a\0b", 3));
}

TEST(PlainTexts, what_is_no_utf8_becomes_the_replacement_character) {
  EXPECT_EQ(one_line("a\xFF"
                     "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(plain_lines("\xC3"), "\xEF\xBF\xBD");
}

TEST(BareWord, drops_what_people_put_around_a_word) {
  for (const auto& [in, out] : Pairs{{"**High**!", "High"},
                                     {"(urgent)", "urgent"},
                                     {"\"low\".", "low"},
                                     {"🔥 dringend 🔥", "dringend"},
                                     {"→ élevée", "élevée"},
                                     {"high because", "high because"},
                                     {"!!!", ""},
                                     {"", ""},
                                     {"高", "高"},
                                     {"срочно!", "срочно"},
                                     {"“p1”", "p1"}})
    EXPECT_EQ(bare_word(in), out) << in;
}

TEST(ToLower, covers_the_scripts_that_have_case) {
  for (const auto& [in, out] : Pairs{{"PRIORITÄT", "priorität"},
                                     {"ÉLEVÉE", "élevée"},
                                     {"ŁÓDŹ", "łódź"},
                                     {"ΠΡΟ", "προ"},
                                     {"СРОЧНО Ё", "срочно ё"},
                                     {"Ÿ", "ÿ"},
                                     {"×÷", "×÷"},
                                     {"优先级", "优先级"},
                                     {"aZ09", "az09"}})
    EXPECT_EQ(to_lower(in), out);
}

TEST(EditDistance, counts_slips_of_every_kind_and_stops_at_the_limit) {
  EXPECT_EQ(edit_distance("high", "high", 3), 0u);
  EXPECT_EQ(edit_distance("hihg", "high", 3), 1u);  // neighbours swapped
  EXPECT_EQ(edit_distance("hgh", "high", 3), 1u);
  EXPECT_EQ(edit_distance("hiigh", "high", 3), 1u);
  EXPECT_EQ(edit_distance("hugh", "high", 3), 1u);
  EXPECT_EQ(edit_distance("abc", "xyz", 1), 2u);  // more than the limit, not how much more
  EXPECT_EQ(edit_distance("", "abcdef", 2), 3u);
}

TEST(DidYouMean, finds_the_nearest_and_only_when_it_is_near) {
  const std::vector<std::string_view> words{"high", "medium", "low"};
  for (const auto& [in, out] : Pairs{{"hihg", "high"},
                                     {"HIGH", "high"},
                                     {"meduim", "medium"},
                                     {"lwo", "low"},
                                     {"blue", ""},
                                     {"", ""},
                                     {"catastrophic", ""}})
    EXPECT_EQ(did_you_mean(in, words), out) << in;
  EXPECT_EQ(did_you_mean(std::string(100'000, 'h'), words), "");
}

}  // namespace
}  // namespace pointsman::text
