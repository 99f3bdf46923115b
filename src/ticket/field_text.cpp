// SPDX-License-Identifier: Apache-2.0
#include "ticket/field_text.h"

#include "base/text.h"

namespace pointsman {

std::string one_line(std::string_view in) {
  std::string out;
  bool blank = false;
  while (!in.empty()) {
    const char32_t c = text::take_code_point(in);
    if (text::is_invisible(c)) continue;
    if (text::is_space(c)) {
      blank = !out.empty();
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    text::append_utf8(out, c);
  }
  return out;
}

std::string many_lines(std::string_view in) {
  std::string out;
  bool after_return = false;
  while (!in.empty()) {
    const char32_t c = text::take_code_point(in);
    if (text::is_invisible(c)) continue;
    const bool second_of_pair = after_return && c == '\n';
    after_return = c == '\r';
    if (second_of_pair) continue;
    if (c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029) out += '\n';
    else text::append_utf8(out, c);
  }
  return std::string(text::trim(out));
}

}  // namespace pointsman
