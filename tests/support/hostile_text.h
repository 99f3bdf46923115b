// SPDX-License-Identifier: Apache-2.0
//
// tests/support/hostile_text.h: texts made of what could mean something to Markdown, cards, HTML, JSON, terminals and our own
// format. The same seed gives the same texts.
#pragma once

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace pointsman::test {

inline constexpr std::array<std::string_view, 62> kHostilePieces{"`",
                                                                 "```",
                                                                 "~~~",
                                                                 "*",
                                                                 "**",
                                                                 "_",
                                                                 "[",
                                                                 "](",
                                                                 "](http://evil.example)",
                                                                 "[x](mailto:a@b.c)",
                                                                 "![",
                                                                 "<",
                                                                 ">",
                                                                 "<at>",
                                                                 "</at>",
                                                                 "<script>",
                                                                 "<!--",
                                                                 "&lt;",
                                                                 "&#60;",
                                                                 "&amp;lt;",
                                                                 "&",
                                                                 "@",
                                                                 "@everyone",
                                                                 "http://evil.example",
                                                                 "https://",
                                                                 "www.evil.example",
                                                                 "WWW.",
                                                                 "://",
                                                                 "{{",
                                                                 "{{DATE(2020-01-01T00:00:00Z)}}",
                                                                 "}}",
                                                                 "{0}",
                                                                 "{number}",
                                                                 "%s",
                                                                 "\\",
                                                                 "\\n",
                                                                 "\"",
                                                                 "'",
                                                                 "#",
                                                                 "# ",
                                                                 "- ",
                                                                 "+ ",
                                                                 "1. ",
                                                                 "> ",
                                                                 "| a | b |",
                                                                 "---",
                                                                 "===",
                                                                 "\n",
                                                                 "\r\n",
                                                                 "\t",
                                                                 " ",
                                                                 "\u00A0",
                                                                 "\u200B",
                                                                 "\u202E",
                                                                 "\u2028",
                                                                 "\x01",
                                                                 "\x1b[31m",
                                                                 "\x7f",
                                                                 "🖨️",
                                                                 "é",
                                                                 "Problem: ",
                                                                 "x"};

class HostileTexts {
 public:
  explicit HostileTexts(unsigned seed) : random_(seed) {}

  std::string next(std::size_t pieces) {
    std::string out;
    for (std::size_t i = 0; i < pieces; ++i) out += kHostilePieces[random_() % kHostilePieces.size()];
    return out;
  }

 private:
  std::mt19937 random_;
};

// A size of `bytes`, one piece over and over.
inline std::string repeated(std::string_view piece, std::size_t bytes) {
  std::string out;
  out.reserve(bytes + piece.size());
  while (out.size() < bytes) out += piece;
  return out;
}

}  // namespace pointsman::test
