// SPDX-License-Identifier: Apache-2.0
//
// intake/teams/plain_text.h: collects words and line breaks into plain text, the way a page is laid out: blanks collapse, lines are
// trimmed on the right, at most one blank line stands between paragraphs. Inside code, everything is kept.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pointsman::teams {

class PlainText {
 public:
  void put(char32_t c);           // any character of content, white space included
  void put(std::string_view in);  // the same for UTF-8
  void put_marker(std::string_view marker);     // "- ": ours, kept as it is; what follows stands beside it
  void put_separator(std::string_view marker);  // " | ": the same, and takes the place of blanks before it
  bool after_marker() const { return out_.size() == marker_end_; }

  void end_line();     // a block begins or ends here: a new line, unless one has just begun
  void force_break();  // <br>: a new line even after nothing
  void set_code(bool on) { code_ = on; }
  bool at_line_start() const { return out_.size() == line_begin_ && !blank_; }

  bool holds_blank() const { return blank_; }  // the line holds a blank that was meant

  // For what is collected first and judged after.
  std::size_t mark();
  std::string_view since(std::size_t mark) const { return std::string_view(out_).substr(mark < out_.size() ? mark : out_.size()); }
  void drop_since(std::size_t mark);

  std::string take();  // the text, trimmed

 private:
  void flush_space();
  void close_line();

  std::string out_;
  std::size_t line_begin_ = 0;
  std::size_t marker_end_ = std::string::npos;
  bool space_ = false;      // a blank waits for the word after it
  bool blank_ = false;      // the line holds a blank that was meant (&nbsp;), though no word
  bool last_blank_ = true;  // the line before was blank, or there is none
  bool code_ = false;
};

}  // namespace pointsman::teams
