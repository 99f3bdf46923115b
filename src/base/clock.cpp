// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <algorithm>
#include <charconv>

namespace pointsman {

using namespace std::chrono;

Instant SystemClock::now() const { return time_point_cast<milliseconds>(system_clock::now()); }

namespace {

// Writes a number with its leading zeros, and moves on.
void put(char*& at, unsigned value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
  at += digits;
}

}  // namespace

// By hand: each ticket has two of them, and its log line one.
std::string format_rfc3339(Instant at) {
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  std::string out = "0000-00-00T00:00:00.000Z";
  char* to = out.data();
  put(to, static_cast<unsigned>(std::clamp(static_cast<int>(date.year()), 0, 9999)), 4);
  put(++to, static_cast<unsigned>(date.month()), 2);
  put(++to, static_cast<unsigned>(date.day()), 2);
  put(++to, static_cast<unsigned>(time.hours().count()), 2);
  put(++to, static_cast<unsigned>(time.minutes().count()), 2);
  put(++to, static_cast<unsigned>(time.seconds().count()), 2);
  put(++to, static_cast<unsigned>(time.subseconds().count()), 3);
  return out;
}

namespace {

// Reads fixed-width fields off the front of a text; `ok` falls once and stays down.
struct Fields {
  std::string_view rest;
  bool ok = true;

  int digits(std::size_t width) {
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (i >= rest.size() || rest[i] < '0' || rest[i] > '9') return ok = false, 0;
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(width);
    return value;
  }
  void literal(std::string_view any_of) {
    if (rest.empty() || any_of.find(rest.front()) == any_of.npos) ok = false;
    else rest.remove_prefix(1);
  }
  milliseconds fraction() {
    if (rest.empty() || rest.front() != '.') return 0ms;
    rest.remove_prefix(1);
    std::int64_t ms = 0;
    int seen = 0;
    for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1), ++seen)
      if (seen < 3) ms = ms * 10 + (rest.front() - '0');
    if (seen == 0) ok = false;
    for (; seen < 3; ++seen) ms *= 10;
    return milliseconds{ms};
  }
  minutes offset() {
    if (rest == "Z" || rest == "z") return rest = {}, 0min;
    const int sign = !rest.empty() && rest.front() == '-' ? -1 : 1;
    literal("+-");
    const int hours_off = digits(2);
    literal(":");
    const int minutes_off = digits(2);
    if (hours_off > 23 || minutes_off > 59) ok = false;
    return minutes{sign * (hours_off * 60 + minutes_off)};
  }
};

}  // namespace

std::optional<Instant> parse_rfc3339(std::string_view text) {
  Fields in{text};
  const year y{in.digits(4)};
  in.literal("-");
  const month m{static_cast<unsigned>(in.digits(2))};
  in.literal("-");
  const day d{static_cast<unsigned>(in.digits(2))};
  in.literal("Tt ");
  const hours hh{in.digits(2)};
  in.literal(":");
  const minutes mm{in.digits(2)};
  in.literal(":");
  const seconds ss{in.digits(2)};
  const milliseconds ms = in.fraction();
  const minutes offset = in.offset();
  const year_month_day date{y, m, d};
  if (!in.ok || !in.rest.empty() || !date.ok() || hh > 23h || mm > 59min || ss > 60s) return std::nullopt;
  return Instant{sys_days{date}} + hh + mm + ss + ms - offset;
}

}  // namespace pointsman
