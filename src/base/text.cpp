// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <algorithm>

namespace pointsman::text {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_continuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

char32_t detail::take_multibyte(std::string_view& in) noexcept {
  const auto lead = static_cast<unsigned char>(in.front());
  std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  char32_t c = length == 2 ? lead & 0x1F : length == 3 ? lead & 0x0F : lead & 0x07;
  if (length == 0 || in.size() < length) length = 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(in[i])) {
      length = 0;
      break;
    }
    c = (c << 6) | (static_cast<unsigned char>(in[i]) & 0x3F);
  }
  const bool overlong = (length == 3 && c < 0x800) || (length == 4 && (c < 0x10000 || c > 0x10FFFF));
  if (length == 0 || overlong || (c >= 0xD800 && c <= 0xDFFF)) {
    in.remove_prefix(1);
    return kReplacement;
  }
  in.remove_prefix(length);
  return c;
}

void detail::append_multibyte(std::string& out, char32_t c) {
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = kReplacement;
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

bool is_valid_utf8(std::string_view in) noexcept {
  for (;;) {
    in.remove_prefix(plain_prefix(in));
    if (in.empty()) return true;
    const std::string_view before = in;
    if (take_code_point(in) == kReplacement && before.substr(0, 3) != "\xEF\xBF\xBD") return false;
  }
}

std::size_t count_code_points(std::string_view in) noexcept {
  return static_cast<std::size_t>(std::count_if(in.begin(), in.end(), [](char c) { return !is_continuation(c); }));
}

std::string_view cut_at(std::string_view in, std::size_t bytes) noexcept {
  if (in.size() <= bytes) return in;
  while (bytes > 0 && is_continuation(in[bytes])) --bytes;
  return in.substr(0, bytes);
}

bool is_space(char32_t c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_invisible(char32_t c) noexcept {
  return c == 0xAD || c == 0x34F || c == 0x61C || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 || c == 0x180E ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0x3164 ||
         c == 0xFEFF || c == 0xFFA0 || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

bool is_control(char32_t c) noexcept { return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c < 0xA0); }

std::string_view trim(std::string_view in) noexcept {
  const auto is_visible_ascii = [](char c) { return c > 0x20 && c < 0x7F; };
  if (!in.empty() && is_visible_ascii(in.front()) && is_visible_ascii(in.back())) return in;
  while (!in.empty()) {
    std::string_view rest = in;
    if (!is_space(take_code_point(rest))) break;
    in = rest;
  }
  while (!in.empty()) {
    std::size_t start = in.size() - 1;
    while (start > 0 && is_continuation(in[start]) && in.size() - start < 4) --start;
    std::string_view last = in.substr(start);
    if (!is_space(take_code_point(last)) || !last.empty()) break;
    in = in.substr(0, start);
  }
  return in;
}

std::string one_line(std::string_view in) {
  std::string out;
  out.reserve(in.size());
  bool space = false;
  while (!in.empty()) {
    if (const std::size_t word = plain_prefix(in, '!'); word > 0) {
      if (space) out += ' ';
      space = false;
      out += in.substr(0, word);
      in.remove_prefix(word);
      continue;
    }
    const char32_t c = take_code_point(in);
    if (is_invisible(c)) continue;
    if (is_space(c)) {
      space = !out.empty();
      continue;
    }
    if (space) out += ' ';
    space = false;
    append_utf8(out, c);
  }
  return out;
}

std::string plain_lines(std::string_view in) {
  std::string out;
  out.reserve(in.size());
  for (;;) {
    const std::size_t plain = plain_prefix(in);
    out += in.substr(0, plain);
    in.remove_prefix(plain);
    if (in.empty()) break;
    const char32_t c = take_code_point(in);
    if (is_invisible(c)) continue;
    if (c == '\r' && in.starts_with('\n')) continue;
    const bool breaks_line = (c >= '\n' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
    append_utf8(out, breaks_line ? U'\n' : c);
  }
  return std::string(trim(out));
}

namespace {

// ASCII letters and digits, and whatever other scripts write words with. Dashes, quotes, arrows, pictures are none of it.
bool is_word(char32_t c) noexcept {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return c == 0xAA || c == 0xB5 || c == 0xBA || (c >= 0xC0 && c < 0x2000 && !is_space(c) && !is_invisible(c)) ||
         (c >= 0x2C00 && c < 0x3000) || (c >= 0x3005 && c < 0xFE00 && !is_invisible(c)) || (c >= 0xFE70 && c < 0xFF00) ||
         (c >= 0xFF10 && c < 0xFFA0) || (c >= 0x10000 && c < 0x1F000) || (c >= 0x20000 && c < 0xE0000);
}

}  // namespace

std::string_view bare_word(std::string_view in) noexcept {
  const char* begin = nullptr;
  const char* end = nullptr;
  while (!in.empty()) {
    const char* const at = in.data();
    if (!is_word(take_code_point(in))) continue;
    if (begin == nullptr) begin = at;
    end = in.data();
  }
  return begin == nullptr ? std::string_view{} : std::string_view(begin, static_cast<std::size_t>(end - begin));
}

namespace {

char32_t lower(char32_t c) noexcept {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c < 0xC0) return c;
  if (c <= 0xDE) return c == 0xD7 ? c : c + 32;
  if (c == 0x130) return 'i';
  if (c == 0x178) return 0xFF;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return c % 2 == 1 ? c + 1 : c;
  if (c >= 0x100 && c <= 0x177) return c % 2 == 0 ? c + 1 : c;
  if (c >= 0x391 && c <= 0x3A9) return c + 32;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  return c;
}

}  // namespace

std::string to_lower(std::string_view in) {
  std::string out{in};
  std::size_t ascii = 0;
  for (; ascii < out.size() && static_cast<unsigned char>(out[ascii]) < 0x80; ++ascii)
    if (out[ascii] >= 'A' && out[ascii] <= 'Z') out[ascii] = static_cast<char>(out[ascii] + 32);
  if (ascii == out.size()) return out;
  out.resize(ascii);
  in.remove_prefix(ascii);
  while (!in.empty()) append_utf8(out, lower(take_code_point(in)));
  return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t same = 0;
  while (same < shorter && static_cast<unsigned char>(a[same]) < 0x80 && static_cast<unsigned char>(b[same]) < 0x80 &&
         lower(static_cast<unsigned char>(a[same])) == lower(static_cast<unsigned char>(b[same])))
    ++same;
  if (same == a.size() || same == b.size()) return a.size() == b.size();
  if (static_cast<unsigned char>(a[same]) < 0x80 && static_cast<unsigned char>(b[same]) < 0x80) return false;
  return to_lower(a.substr(same)) == to_lower(b.substr(same));
}

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > limit) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    if (*std::min_element(row.begin(), row.end()) > limit) return limit + 1;
    before.swap(last);
    last.swap(row);
  }
  return std::min(last[b.size()], limit + 1);
}

std::string_view did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kLongestWord = 64;
  if (word.empty() || word.size() > kLongestWord) return {};
  const std::string lowered = to_lower(word);
  const std::size_t limit = lowered.size() <= 2 ? 1 : lowered.size() <= 5 ? 2 : 3;
  std::string_view best;
  std::size_t best_distance = limit + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(lowered, to_lower(candidate), limit);
    if (distance < best_distance && distance < candidate.size()) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace pointsman::text
