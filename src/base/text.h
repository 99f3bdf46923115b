// SPDX-License-Identifier: Apache-2.0
//
// base/text.h: helpers for UTF-8 text. All pure, all linear in their input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pointsman::text {

namespace detail {
char32_t take_multibyte(std::string_view& in) noexcept;
void append_multibyte(std::string& out, char32_t code_point);
}  // namespace detail

// Takes one code point off the front of `in`; malformed bytes give U+FFFD, one at a time. `in` must not be empty.
inline char32_t take_code_point(std::string_view& in) noexcept {
  const auto lead = static_cast<unsigned char>(in.front());
  if (lead >= 0x80) return detail::take_multibyte(in);
  in.remove_prefix(1);
  return lead;
}

inline void append_utf8(std::string& out, char32_t code_point) {
  if (code_point < 0x80) out += static_cast<char>(code_point);
  else detail::append_multibyte(out, code_point);
}

// How many bytes at the front of `in` need no closer look: printable ASCII, `lowest` being its blank or its first visible character.
inline std::size_t plain_prefix(std::string_view in, char lowest = ' ') noexcept {
  std::size_t length = 0;
  while (length < in.size() && in[length] >= lowest && in[length] < 0x7F) ++length;
  return length;
}

bool is_valid_utf8(std::string_view in) noexcept;
std::size_t count_code_points(std::string_view in) noexcept;
// The longest prefix of at most `bytes` bytes that does not cut a code point.
std::string_view cut_at(std::string_view in, std::size_t bytes) noexcept;

// Spaces of any kind (ASCII blanks, U+00A0, U+2000..200A, U+202F, U+205F, U+3000).
bool is_space(char32_t c) noexcept;
// Characters that show nothing or turn the direction of text: zero-width, bidi controls, BOM, soft hyphen, fillers, tags.
bool is_invisible(char32_t c) noexcept;
// C0 and C1 controls other than tab and line feed.
bool is_control(char32_t c) noexcept;

std::string_view trim(std::string_view in) noexcept;  // every kind of space, both ends
// All lines as one, every run of spaces as one, trimmed, nothing invisible.
std::string one_line(std::string_view in);
// Every kind of line break as "\n", trimmed, nothing invisible.
std::string plain_lines(std::string_view in);
// Without what people put around a word: spaces, punctuation, quotes, emphasis, emoji. Empty when there is nothing else.
std::string_view bare_word(std::string_view in) noexcept;
// Lower case for ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic; other scripts are left as they are.
std::string to_lower(std::string_view in);
bool equal_ignoring_case(std::string_view a, std::string_view b);

// How many insertions, deletions, substitutions or swaps of neighbours turn a into b; stops counting above `limit`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

// The candidate nearest to `word` when it is near enough to be a typing slip; empty otherwise.
std::string_view did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace pointsman::text
