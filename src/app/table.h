// SPDX-License-Identifier: Apache-2.0
//
// app/table.h: rows in columns for a terminal, with colours when it is one. Text from requesters is made harmless: no control or
// direction-changing characters reach the terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pointsman::app {

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
  std::size_t widest = 60;  // terminal columns; longer cells are cut with an ellipsis
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string text(bool colours) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// One line that is safe to print: controls become spaces, invisible and direction-changing characters go.
std::string printable(std::string_view text);
// The same, keeping line breaks.
std::string printable_lines(std::string_view text);

// How many columns of a terminal the text takes: two for East Asian and emoji characters, none for marks that combine.
std::size_t display_width(std::string_view text);

bool is_terminal(int fd);
std::string age_text(long long seconds);  // "12 s", "3 min", "2 h", "5 d"

}  // namespace pointsman::app
