// SPDX-License-Identifier: Apache-2.0
#include "ticket/markdown.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/hostile_text.h"

namespace pointsman {
namespace {

std::string without(std::string text, std::string_view part) {
  for (std::size_t at; (at = text.find(part)) != text.npos;) text.erase(at, part.size());
  return text;
}

std::string without_controls(std::string_view in) {
  std::string out;
  while (!in.empty())
    if (const char32_t c = text::take_code_point(in); !text::is_control(c)) text::append_utf8(out, c);
  return std::string(text::trim(out));
}

// What is live in a text that stands inside Markdown; empty when nothing is.
std::string live_in(std::string_view escaped) {
  constexpr std::string_view kMarks = "`*_[](){}~|#!>+<";
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    const std::string_view rest = escaped.substr(i);
    if (rest.front() == '\\') {  // covers the next
      ++i;
      continue;
    }
    if (kMarks.find(rest.front()) != kMarks.npos && rest.front() != '<') return std::string(rest.substr(0, 20));
    if (rest.front() == '\n' || rest.front() == '\r') return "a line break";
  }
  for (const std::string_view part : {"://", "<a", "</", "<s", "<!", "&lt", "&#", "&a", "@e", "@b", "{{", "www.", "WWW."})
    if (escaped.find(part) != escaped.npos) return std::string(part);
  return {};
}

TEST(EscapeMarkdown, leaves_ordinary_words_alone) {
  for (const std::string plain : {"Printer on floor 2 is jammed", "Störung: Büro 4, 2. OG", "server.example: error=13; why?",
                                  "a - b", "50 % / 3", "don't \"quote\"", ""})
    EXPECT_EQ(escape_markdown(plain), plain);
}

TEST(EscapeMarkdown, nothing_in_a_text_means_anything) {
  const std::string z{kZeroWidthSpace};
  const std::vector<std::pair<std::string, std::string>> table{
      {"**bold** _it_ `code` ~~no~~", "\\*\\*bold\\*\\* \\_it\\_ \\`code\\` \\~\\~no\\~\\~"},
      {"[a](https://e.example)", "\\[a\\]\\(https:" + z + "//e.example\\)"},
      {"![i](x)", "\\!\\[i\\]\\(x\\)"},
      {"<b>&lt;</b>", "<" + z + "b\\>&" + z + "lt;<" + z + "/b\\>"},
      {"&#60; a & b &", "&" + z + "\\#60; a & b &"},
      {"@everyone a@b.c", "@" + z + "everyone a@" + z + "b.c"},
      {"{{DATE(now)}}", "\\{" + z + "\\{DATE\\(now\\)\\}\\}"},
      {"www.e.example WWW.E", "www" + z + ".e.example WWW" + z + ".E"},
      {"# head", "\\# head"},
      {"> quote", "\\> quote"},
      {"- item", z + "- item"},
      {"1. item", z + "1. item"},
      {"12) item", z + "12\\) item"},
      {"=== x", z + "=== x"},
      {"--- x", z + "--- x"},
      {"a | b", "a \\| b"},
      {"c:\\x", "c:\\\\x"},
      {"a\n\n# b\r\n- c\u2028d", "a \\# b - c d"},
      {"a\u202Eb\u200Bc\x1b[31m\x07", "abc\\[31m"},
  };
  for (const auto& [in, out] : table) EXPECT_EQ(escape_markdown(in), out) << in;
}

TEST(EscapeMarkdown, an_invisible_or_control_character_between_two_does_not_hide_what_they_mean_together) {
  for (const std::string between : {"\u200B", "\u2060", "\x01", "\u202E"}) {
    for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{
             {"http:", "//e"}, {"&", "lt;"}, {"{", "{DATE"}, {"www", ".e"}, {"@", "e"}, {"<", "a"}}) {
      EXPECT_EQ(live_in(escape_markdown(a + between + b)), "") << a;
      EXPECT_EQ(without(defuse_for_block(a + between + b, 999), kZeroWidthSpace), a + b);
      EXPECT_NE(defuse_for_block(a + between + b, 999), a + b);
    }
  }
}

TEST(EscapeMarkdown, random_hostile_texts_are_literal_and_lose_nothing) {
  test::HostileTexts texts(1);
  for (int i = 0; i < 3000; ++i) {
    const std::string text = texts.next(1 + i % 12);
    const std::string escaped = escape_markdown(text);
    EXPECT_EQ(live_in(escaped), "") << testing::PrintToString(text);
    std::string literal;  // as Markdown shows it
    const std::string shown = without(escaped, kZeroWidthSpace);
    for (std::size_t at = 0; at < shown.size(); ++at) {
      if (shown[at] == '\\') ++at;
      literal += shown[at];
    }
    EXPECT_EQ(literal, without_controls(text::one_line(text)));
  }
}

TEST(DefuseForBlock, keeps_lines_and_cannot_end_the_block) {
  const std::string z{kZeroWidthSpace};
  EXPECT_EQ(defuse_for_block("a\n\n  b\tc\r\nd", 999), "a\n\n  b\tc\nd");
  EXPECT_EQ(defuse_for_block("x\n```\n# y", 999), "x\n`" + z + "`" + z + "`" + z + "\n# y");
  EXPECT_EQ(defuse_for_block("~~~", 999), "~" + z + "~" + z + "~" + z);
  test::HostileTexts texts(2);
  for (int i = 0; i < 3000; ++i) {
    const std::string text = texts.next(1 + i % 12);
    const std::string block = defuse_for_block(text, 100'000);
    for (const std::string_view part : {"``", "~~", "://", "</", "<s", "{{", "@e", "www.", "\r", "\x1b", "\u202E"})
      EXPECT_EQ(block.find(part), block.npos) << part;
    EXPECT_EQ(without(block, kZeroWidthSpace), without_controls(text::plain_lines(text)));  // copied out, it is the same text
  }
}

TEST(DefuseForBlock, is_never_longer_than_allowed_and_says_when_it_was_cut) {
  for (const std::string_view piece : test::kHostilePieces) {
    for (const std::size_t longest : {3u, 4u, 5u, 10u, 100u, 1000u}) {
      const std::string text = "x" + test::repeated(piece, 2 * longest + 10) + "x";
      const std::string block = defuse_for_block(text, longest);
      EXPECT_LE(block.size(), longest);
      EXPECT_TRUE(text::is_valid_utf8(block));
      if (text::plain_lines(text).size() > longest + 5 && !without_controls(text::plain_lines(piece)).empty()) {
        EXPECT_TRUE(block.ends_with(kEllipsis)) << piece;
      }
    }
  }
}

TEST(JsonBytes, counts_what_a_json_string_takes) {
  EXPECT_EQ(json_bytes("abc é"), 6u);
  EXPECT_EQ(json_bytes("\"\\\n\t"), 8u);
  EXPECT_EQ(json_bytes(std::string_view("\0\x01", 2)), 12u);
  EXPECT_EQ(cut_to_json_bytes("ab\"\"", 4), "ab\"");
  EXPECT_EQ(cut_to_json_bytes("aé", 2), "a");
  EXPECT_EQ(cut_to_json_bytes("aé", 3), "aé");
  EXPECT_EQ(cut_to_json_bytes("abc", 0), "");
}

}  // namespace
}  // namespace pointsman
