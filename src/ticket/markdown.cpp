// SPDX-License-Identifier: Apache-2.0
#include "ticket/markdown.h"

#include "base/text.h"

namespace pointsman {
namespace {

constexpr std::string_view kFormatting = "\\`*_[](){}~|#!>+";

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// Whether `c`, followed by `rest`, would mean something even where backslashes mean nothing: a tag, an entity, an address that
// becomes a link, a date macro, a mention.
bool means_something(char32_t c, std::string_view rest) {
  if (rest.empty()) return false;
  if (c == '<' || c == '@') return true;
  if (c == '&') return rest.front() == '#' || is_letter_or_digit(rest.front());
  if (c == '{') return rest.front() == '{';
  if (c == ':') return rest.starts_with("//");
  return false;
}

// Marks that mean something only where a line begins: "- item", "1. item", "=== ".
bool starts_block(std::string_view in) {
  const char first = in.empty() ? ' ' : in.front();
  if (first == '-' || first == '=') return true;
  const std::size_t digits = in.find_first_not_of("0123456789");
  return digits != 0 && digits != in.npos && digits <= 9 && (in[digits] == '.' || in[digits] == ')');
}

}  // namespace

std::string escape_markdown(std::string_view in) {
  std::string out;
  out.reserve(in.size() + in.size() / 8);
  in = text::trim(in);
  if (starts_block(in)) out += kZeroWidthSpace;
  bool space = false;
  while (!in.empty()) {
    const char32_t c = text::take_code_point(in);
    if (text::is_invisible(c)) continue;
    if (text::is_space(c) || text::is_control(c)) {
      space = true;
      continue;
    }
    if (space) out += ' ';
    space = false;
    if (c < 0x80 && kFormatting.find(static_cast<char>(c)) != kFormatting.npos) out += '\\';
    text::append_utf8(out, c);
    if (means_something(c, in)) out += kZeroWidthSpace;
  }
  return out;
}

std::string defuse_for_block(std::string_view in, std::size_t longest) {
  constexpr std::string_view kEllipsis = "…";
  std::string out;
  while (!in.empty()) {
    const char32_t c = text::take_code_point(in);
    if (text::is_invisible(c) || text::is_control(c)) continue;
    const std::size_t before = out.size();
    text::append_utf8(out, c);
    if (c == '`' || c == '~' || means_something(c, in)) out += kZeroWidthSpace;
    if (out.size() + kEllipsis.size() > longest) {
      out.resize(before);
      out += kEllipsis;
      break;
    }
  }
  return out;
}

}  // namespace pointsman
