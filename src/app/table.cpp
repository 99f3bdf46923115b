// SPDX-License-Identifier: Apache-2.0
#include "app/table.h"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "base/text.h"

namespace pointsman::app {
namespace {

std::string clean(std::string_view in, bool keep_lines) {
  std::string out;
  while (!in.empty()) {
    const char32_t c = text::take_code_point(in);
    if (c == '\n' && keep_lines) out += '\n';
    else if (c == '\n' || c == '\t' || text::is_control(c)) out += ' ';
    else if (!text::is_invisible(c)) text::append_utf8(out, c);
  }
  return out;
}

std::string cut(const std::string& cell, std::size_t widest) {
  if (text::count_code_points(cell) <= widest) return cell;
  std::string out;
  std::string_view rest = cell;
  for (std::size_t i = 0; i + 1 < widest; ++i) text::append_utf8(out, text::take_code_point(rest));
  return out + "…";
}

}  // namespace

std::string Table::text(bool colours) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(text::count_code_points(column.title));
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : rows_) {
    auto& line = cells.emplace_back();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      line.push_back(cut(printable(i < row.size() ? row[i] : ""), columns_[i].widest));
      widths[i] = std::max(widths[i], text::count_code_points(line.back()));
    }
  }
  std::string out;
  const auto put = [&](const std::string& cell, std::size_t i) {
    const std::string padding(widths[i] - text::count_code_points(cell), ' ');
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
