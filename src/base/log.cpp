// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cmath>

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

namespace pointsman {
namespace {

struct LevelLook {
  std::string_view name, colour;
};
constexpr std::array<LevelLook, 4> kLooks{{{"debug", "\x1b[2m"}, {"info", "\x1b[36m"}, {"warn", "\x1b[33m"}, {"error", "\x1b[31m"}}};
constexpr std::string_view kReset = "\x1b[0m";

// Needs no escape and shows as what it is.
bool is_plain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

void append_escape(std::string& out, char32_t c) {
  if (c >= 0x10000) {  // JSON writes these as two halves
    append_escape(out, 0xD800 + ((c - 0x10000) >> 10));
    c = 0xDC00 + ((c - 0x10000) & 0x3FF);
  }
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
}

// A JSON string, with every control and direction-changing character as an escape: safe for a terminal, too.
void append_quoted(std::string& out, std::string_view in) {
  out += '"';
  for (;;) {
    const std::size_t plain = static_cast<std::size_t>(std::find_if_not(in.begin(), in.end(), is_plain) - in.begin());
    out += in.substr(0, plain);
    in.remove_prefix(plain);
    if (in.empty()) break;
    const char32_t c = text::take_code_point(in);
    if (c == '"' || c == '\\') out += '\\', out += static_cast<char>(c);
    else if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || text::is_invisible(c)) append_escape(out, c);
    else text::append_utf8(out, c);
  }
  out += '"';
}

struct AppendValue {
  std::string& out;
  void operator()(const std::string& v) const { append_quoted(out, v); }
  void operator()(std::int64_t v) const { fmt::format_to(std::back_inserter(out), "{}", v); }
  void operator()(double v) const { out += std::isfinite(v) ? fmt::format("{:.3f}", v) : "null"; }
  void operator()(bool v) const { out += v ? "true" : "false"; }
};

constexpr std::size_t kLongestLine = PIPE_BUF;  // a pipe that takes anything takes so much at once

// A regular file takes what it is given; whatever stands behind a pipe, socket or terminal may have stopped reading.
bool may_block(int fd) {
  struct stat is {};
  return fstat(fd, &is) == 0 && !S_ISREG(is.st_mode);
}

bool takes_a_line(int fd) {
  pollfd ready{fd, POLLOUT, 0};
  return ::poll(&ready, 1, 0) > 0;
}

void write_all(int fd, std::string_view line) {
  while (!line.empty()) {
    const ssize_t n = ::write(fd, line.data(), line.size());
    if (n > 0) line.remove_prefix(static_cast<std::size_t>(n));
    else if (n < 0 && errno == EINTR) continue;
    else return;  // a log that cannot be written must not stop the service
  }
}

}  // namespace

Logger::Logger(int fd, Form form, LogLevel threshold, const Clock& clock)
    : fd_(fd), may_block_(may_block(fd)), form_(form), threshold_(threshold), clock_(clock) {}

void Logger::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const {
  if (!enabled(level)) return;
  std::string line = line_of(level, event, fields);
  if (!may_block_) return write_all(fd_, line);
  if (line.size() > kLongestLine) line = line_of(level, event, {{"cut", true}});
  if (!takes_a_line(fd_)) return void(++lost_);
  if (const std::int64_t lost = lost_.exchange(0); lost > 0) {
    write_all(fd_, line_of(LogLevel::kWarn, "log lines lost", {{"lines", lost}, {"reason", "nobody was reading the log"}}));
    if (!takes_a_line(fd_)) return void(++lost_);
  }
  write_all(fd_, line);
}

std::string Logger::line_of(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const {
  const LevelLook& look = kLooks[static_cast<std::size_t>(level)];
  const std::string time = format_rfc3339(clock_.now());
  std::string line;
  if (form_ == Form::kJson) {
    line = fmt::format(R"({{"time":"{}","level":"{}","event":)", time, look.name);
    append_quoted(line, event);
  } else {
    line = fmt::format("{} {}{:<5}{} {}", std::string_view(time).substr(11, 12), look.colour, look.name, kReset, event);
  }
  for (const LogField& field : fields) {
    if (form_ == Form::kJson) {
      line += ',';
      append_quoted(line, field.key);
      line += ':';
    } else {
      line += ' ';
      line += field.key;
      line += '=';
    }
    std::visit(AppendValue{line}, field.value);
  }
  line += form_ == Form::kJson ? "}\n" : "\n";
  return line;
}

}  // namespace pointsman
