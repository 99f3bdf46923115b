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

// "www" before a dot: becomes a link by itself.
bool ends_in_www(std::string_view out) {
  return out.size() >= 3 && text::equal_ignoring_case(out.substr(out.size() - 3), "www");
}

// Marks that mean something only where a line begins: "- item", "1. item", "=== ".
bool starts_block(std::string_view in) {
  const char first = in.empty() ? ' ' : in.front();
  if (first == '-' || first == '=') return true;
  const std::size_t digits = in.find_first_not_of("0123456789");
  return digits != 0 && digits != in.npos && digits <= 9 && (in[digits] == '.' || in[digits] == ')');
}

// Before anything is judged by what stands beside it: a character that will not be shown must not stand between them.
std::string without_controls(std::string_view in) {
  std::string out;
  out.reserve(in.size());
  while (!in.empty())
    if (const char32_t c = text::take_code_point(in); !text::is_control(c)) text::append_utf8(out, c);
  return std::string(text::trim(out));
}

}  // namespace

std::string escape_markdown(std::string_view in) {
  const std::string line = without_controls(text::one_line(in));
  std::string out;
  out.reserve(line.size() + line.size() / 8);
  if (starts_block(line)) out += kZeroWidthSpace;
  for (std::string_view rest = line; !rest.empty();) {
    const char32_t c = text::take_code_point(rest);
    if (c == '.' && ends_in_www(out)) out += kZeroWidthSpace;
    if (c < 0x80 && kFormatting.find(static_cast<char>(c)) != kFormatting.npos) out += '\\';
    text::append_utf8(out, c);
    if (means_something(c, rest)) out += kZeroWidthSpace;
  }
  return out;
}

std::string defuse_for_block(std::string_view in, std::size_t longest) {
  const std::string lines = without_controls(text::plain_lines(in));
  std::string out;
  for (std::string_view rest = lines; !rest.empty();) {
    const char32_t c = text::take_code_point(rest);
    const std::size_t before = out.size();
    if (c == '.' && ends_in_www(out)) out += kZeroWidthSpace;
    text::append_utf8(out, c);
    if (c == '`' || c == '~' || means_something(c, rest)) out += kZeroWidthSpace;
    if (out.size() + kEllipsis.size() > longest) {
      out.resize(before);
      out += kEllipsis;
      break;
    }
  }
  return out;
}

std::size_t json_bytes(std::string_view in) noexcept {
  std::size_t bytes = 0;
  for (const char c : in) {
    const auto byte = static_cast<unsigned char>(c);
    bytes += c == '"' || c == '\\' || c == '\n' || c == '\t' ? 2 : byte < 0x20 ? 6 : 1;
  }
  return bytes;
}

std::string_view cut_to_json_bytes(std::string_view in, std::size_t longest) noexcept {
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < in.size(); ++at) {
    bytes += json_bytes(in.substr(at, 1));
    if (bytes > longest) return text::cut_at(in, at);
  }
  return in;
}

}  // namespace pointsman
