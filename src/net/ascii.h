// SPDX-License-Identifier: Apache-2.0
//
// net/ascii.h: the case of protocol words. Only A to Z: what other letters fold to is no business of HTTP's. Pure.
#pragma once

#include <algorithm>
#include <string_view>

namespace pointsman::http {

inline char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline bool same_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace pointsman::http
