// SPDX-License-Identifier: Apache-2.0
//
// fuzz/check.h: what must hold, whatever a fuzzer feeds; ends the program with what did not.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"

namespace pointsman::fuzz {

#define POINTSMAN_MUST(condition)                                                         \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)

// Text of a message: valid, nothing hidden, lines only of our kind. Controls may be there; validation tells them.
inline void must_be_plain_text(std::string_view in) {
  POINTSMAN_MUST(text::is_valid_utf8(in));
  POINTSMAN_MUST(in == text::trim(in));
  while (!in.empty()) {
    const char32_t c = text::take_code_point(in);
    POINTSMAN_MUST(!text::is_invisible(c) && c != '\r');
  }
}

// A name or id: one line on top of that, and no controls.
inline void must_be_one_clean_line(std::string_view in) {
  POINTSMAN_MUST(text::is_valid_utf8(in));
  while (!in.empty()) {
    const char32_t c = text::take_code_point(in);
    POINTSMAN_MUST(!text::is_invisible(c) && !text::is_control(c) && c != '\n' && c != '\t');
  }
}

}  // namespace pointsman::fuzz
