// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/html_entity.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace pointsman::teams {
namespace {

constexpr std::size_t kLongestEntity = 12;  // "&#0001114111;" is as good as text
constexpr char32_t kReplacement = 0xFFFD;

// Those that chat clients and pasted documents write, sorted by name. Others stand as they are typed.
constexpr std::array<std::pair<std::string_view, char32_t>, 58> kNamed{{
    {"AMP", '&'},      {"Auml", 0xC4},     {"Eacute", 0xC9},  {"GT", '>'},       {"LT", '<'},       {"Ntilde", 0xD1},
    {"Ouml", 0xD6},    {"QUOT", '"'},      {"Uuml", 0xDC},    {"agrave", 0xE0},  {"amp", '&'},      {"apos", '\''},
    {"auml", 0xE4},    {"bdquo", 0x201E},  {"bull", 0x2022},  {"ccedil", 0xE7},  {"cent", 0xA2},    {"copy", 0xA9},
    {"deg", 0xB0},     {"eacute", 0xE9},   {"egrave", 0xE8},  {"emsp", 0x2003},  {"ensp", 0x2002},  {"euro", 0x20AC},
    {"frac12", 0xBD},  {"ge", 0x2265},     {"gt", '>'},       {"hellip", 0x2026}, {"iexcl", 0xA1},  {"iquest", 0xBF},
    {"laquo", 0xAB},   {"larr", 0x2190},   {"ldquo", 0x201C}, {"le", 0x2264},    {"lsaquo", 0x2039}, {"lsquo", 0x2018},
    {"lt", '<'},       {"mdash", 0x2014},  {"micro", 0xB5},   {"middot", 0xB7},  {"nbsp", 0xA0},    {"ndash", 0x2013},
    {"ne", 0x2260},    {"ntilde", 0xF1},   {"ouml", 0xF6},    {"para", 0xB6},    {"plusmn", 0xB1},  {"pound", 0xA3},
    {"quot", '"'},     {"raquo", 0xBB},    {"rarr", 0x2192},  {"rdquo", 0x201D}, {"reg", 0xAE},     {"rsquo", 0x2019},
    {"sect", 0xA7},    {"szlig", 0xDF},    {"times", 0xD7},   {"uuml", 0xFC},
}};
static_assert(std::is_sorted(kNamed.begin(), kNamed.end()));

int digit_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

// The digits after "&#"; 0 when they are none, which is no character either.
char32_t read_number(std::string_view digits) noexcept {
  const bool hex = digits.starts_with('x') || digits.starts_with('X');
  if (hex) digits.remove_prefix(1);
  const char32_t base = hex ? 16 : 10;
  if (digits.empty()) return 0;
  char32_t value = 0;
  for (const char c : digits) {
    const auto digit = static_cast<char32_t>(digit_value(c));
    if (digit >= base) return 0;
    value = std::min<char32_t>(value * base + digit, 0x110000);
  }
  return value == 0 || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF) ? kReplacement : value;
}

}  // namespace

Entity read_entity(std::string_view in) noexcept {
  const std::size_t end = in.substr(0, kLongestEntity).find(';');
  if (end == std::string_view::npos) return {};
  const std::string_view name = in.substr(1, end - 1);
  if (name.starts_with('#')) {
    const char32_t c = read_number(name.substr(1));
    return c == 0 ? Entity{} : Entity{c, end + 1};
  }
  const auto at = std::lower_bound(kNamed.begin(), kNamed.end(), name, [](const auto& entry, std::string_view wanted) {
    return entry.first < wanted;
  });
  if (at == kNamed.end() || at->first != name) return {};
  return {at->second, end + 1};
}

std::string decode_entities(std::string_view in) {
  std::string out;
  out.reserve(in.size());
  while (!in.empty()) {
    const std::size_t plain = std::min(in.find('&'), in.size());
    out += in.substr(0, plain);
    in.remove_prefix(plain);
    if (in.empty()) break;
    const Entity entity = read_entity(in);
    text::append_utf8(out, entity.length > 0 ? entity.code_point : U'&');
    in.remove_prefix(std::max<std::size_t>(entity.length, 1));
  }
  return out;
}

}  // namespace pointsman::teams
