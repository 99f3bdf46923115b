// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/plain_text.h"

#include "base/text.h"

namespace pointsman::teams {
namespace {

constexpr char32_t kNoBreakSpace = 0xA0;

}  // namespace

void PlainText::put(char32_t c) {
  if (text::is_invisible(c) || c == '\r') return;
  if (code_) {
    if (c == '\n') return close_line();
    text::append_utf8(out_, c == kNoBreakSpace ? U' ' : c);
    return;
  }
  if (c == kNoBreakSpace) {  // how chat clients write a blank that is meant
    blank_ = true;
    if (out_.size() != line_begin_) flush_space(), out_ += ' ';
    return;
  }
  if (text::is_space(c)) {
    space_ = out_.size() != line_begin_;
    return;
  }
  flush_space();
  text::append_utf8(out_, c);
}

void PlainText::put(std::string_view in) {
  while (!in.empty()) {
    // A word of plain letters needs no look at each.
    const std::size_t word = text::plain_prefix(in, '!');
    if (word > 1) {
      flush_space();
      out_ += in.substr(0, word);
      in.remove_prefix(word);
      continue;
    }
    put(text::take_code_point(in));
  }
}

void PlainText::put_marker(std::string_view marker) {
  flush_space();
  out_ += marker;
  marker_end_ = out_.size();
}

void PlainText::put_separator(std::string_view marker) {
  space_ = false;
  while (out_.size() > line_begin_ && out_.back() == ' ') out_.pop_back();
  out_ += marker;
}

void PlainText::flush_space() {
  if (space_ && out_.size() != line_begin_ && out_.back() != ' ') out_ += ' ';
  space_ = false;
}

void PlainText::end_line() {
  if (out_.size() != line_begin_ || blank_) close_line();
}

void PlainText::force_break() { close_line(); }

void PlainText::close_line() {
  while (out_.size() > line_begin_ && out_.back() == ' ') out_.pop_back();
  const bool is_blank = out_.size() == line_begin_;
  if (!is_blank || code_ || !last_blank_) out_ += '\n';
  last_blank_ = is_blank;
  line_begin_ = out_.size();
  marker_end_ = out_.npos;
  space_ = blank_ = false;
}

std::size_t PlainText::mark() {
  flush_space();
  return out_.size();
}

void PlainText::drop_since(std::size_t mark) {
  if (mark > out_.size()) return;
  out_.resize(mark);
  const std::size_t newline = out_.rfind('\n');
  line_begin_ = newline == out_.npos ? 0 : newline + 1;
  space_ = false;
}

std::string PlainText::take() { return std::string(text::trim(out_)); }

}  // namespace pointsman::teams
