// SPDX-License-Identifier: Apache-2.0
//
// net/percent.h: percent-decoding. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pointsman::http {

inline int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Nothing when an escape is broken or makes a control character: no path of ours holds one.
inline std::optional<std::string> decode_path(std::string_view in) {
  std::string out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    char c = in[i];
    if (c == '%') {
      const int high = i + 2 < in.size() ? hex_digit(in[i + 1]) : -1, low = i + 2 < in.size() ? hex_digit(in[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return std::nullopt;
    out += c;
  }
  return out;
}

// A part of a query string: '+' is a space, broken escapes stand for themselves.
inline std::string decode_form(std::string_view in) {
  std::string out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const int high = in[i] == '%' && i + 2 < in.size() ? hex_digit(in[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(in[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += in[i] == '+' ? ' ' : in[i];
    }
  }
  return out;
}

}  // namespace pointsman::http
