// SPDX-License-Identifier: Apache-2.0
#include "app/table.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <unistd.h>

#include "base/text.h"

namespace pointsman::app {
namespace {

struct Range {
  char32_t first, last;
};
// Unicode 14: East Asian Width W and F, and the combining marks of the scripts that people are likely to write.
constexpr std::array<Range, 81> kWide{{
    {0x1100, 0x115F}, {0x231A, 0x231B}, {0x2329, 0x232A}, {0x23E9, 0x23EC}, {0x23F0, 0x23F0}, {0x23F3, 0x23F3},
    {0x25FD, 0x25FE}, {0x2614, 0x2615}, {0x2648, 0x2653}, {0x267F, 0x267F}, {0x2693, 0x2693}, {0x26A1, 0x26A1},
    {0x26AA, 0x26AB}, {0x26BD, 0x26BE}, {0x26C4, 0x26C5}, {0x26CE, 0x26CE}, {0x26D4, 0x26D4}, {0x26EA, 0x26EA},
    {0x26F2, 0x26F3}, {0x26F5, 0x26F5}, {0x26FA, 0x26FA}, {0x26FD, 0x26FD}, {0x2705, 0x2705}, {0x270A, 0x270B},
    {0x2728, 0x2728}, {0x274C, 0x274C}, {0x274E, 0x274E}, {0x2753, 0x2755}, {0x2757, 0x2757}, {0x2795, 0x2797},
    {0x27B0, 0x27B0}, {0x27BF, 0x27BF}, {0x2B1B, 0x2B1C}, {0x2B50, 0x2B50}, {0x2B55, 0x2B55}, {0x2E80, 0x303E},
    {0x3041, 0x3247}, {0x3250, 0x4DBF}, {0x4E00, 0xA4CF}, {0xA960, 0xA97C}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
    {0xFE10, 0xFE19}, {0xFE30, 0xFE6B}, {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6}, {0x16FE0, 0x1B2FB}, {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C},
    {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E},
    {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F54E}, {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A},
    {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2},
    {0x1F6D5, 0x1F6DF}, {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7F0}, {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945},
    {0x1F947, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 11> kCombining{{{0x300, 0x36F}, {0x483, 0x489}, {0x591, 0x5BD}, {0x610, 0x61A}, {0x64B, 0x65F}, {0xE31, 0xE31},
                                            {0xE34, 0xE3A}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(), [c](const Range& range) { return c >= range.first && c <= range.last; });
}

std::size_t width_of(char32_t c) { return is_in(kCombining, c) ? 0 : is_in(kWide, c) ? 2 : 1; }

std::string clean(std::string_view in, bool keep_lines) {
  std::string out;
  while (!in.empty()) {
    const char32_t c = text::take_code_point(in);
    if (c == '\n' && keep_lines) out += '\n';
    else if (c == '\n' || c == '\t' || c == 0x2028 || c == 0x2029 || text::is_control(c)) out += ' ';
    else if (!text::is_invisible(c)) text::append_utf8(out, c);
  }
  return out;
}

std::string cut(const std::string& cell, std::size_t widest) {
  if (display_width(cell) <= widest) return cell;
  std::string out;
  std::size_t width = 1;  // the ellipsis
  for (std::string_view rest = cell; !rest.empty();) {
    const char32_t c = text::take_code_point(rest);
    width += width_of(c);
    if (width > widest) break;
    text::append_utf8(out, c);
  }
  return out + "…";
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) width += width_of(text::take_code_point(text));
  return width;
}

std::string Table::text(bool colours) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(display_width(column.title));
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : rows_) {
    auto& line = cells.emplace_back();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      line.push_back(cut(printable(i < row.size() ? row[i] : ""), columns_[i].widest));
      widths[i] = std::max(widths[i], display_width(line.back()));
    }
  }
  std::string out;
  const auto put = [&](const std::string& cell, std::size_t i) {
    const std::string padding(widths[i] - display_width(cell), ' ');
    if (columns_[i].align == Align::kRight) out += padding + cell;
    else out += i + 1 < columns_.size() ? cell + padding : cell;
    out += i + 1 < columns_.size() ? "  " : "\n";
  };
  if (colours) out += "\x1b[1m";
  for (std::size_t i = 0; i < columns_.size(); ++i) put(columns_[i].title, i);
  if (colours) out.insert(out.size() - 1, "\x1b[0m");
  for (const auto& row : cells)
    for (std::size_t i = 0; i < row.size(); ++i) put(row[i], i);
  return out;
}

std::string printable(std::string_view text) { return clean(text, false); }
std::string printable_lines(std::string_view text) { return clean(text, true); }

bool is_terminal(int fd) { return isatty(fd) == 1; }

std::string age_text(long long seconds) {
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 2 * 3600) return fmt::format("{} min", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} d", seconds / 86400);
}

}  // namespace pointsman::app
