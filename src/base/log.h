// SPDX-License-Identifier: Apache-2.0
//
// base/log.h: one event, one line. Readable and coloured on a terminal, JSON lines otherwise.
//
//   log.info("filed", {{"ticket", number}, {"queue", queue}});
//
// Values are escaped, so nothing a requester sends can start a second line or a terminal sequence. Secrets cannot be passed:
// a Value has no constructor for them. Ticket text is passed at debug level only.
//
// Threads: any thread may log; lines do not mix. Blocking: one write(2) to a file. A pipe, socket or terminal that takes nothing is
// not waited for: the line is lost, and the next one that gets through says how many were.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"

namespace pointsman {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

struct LogField {
  std::string_view key;
  std::variant<std::string, std::int64_t, double, bool> value;

  LogField(std::string_view k, std::string_view v) : key(k), value(std::string(v)) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  template <class Int>
    requires std::is_integral_v<Int>
  LogField(std::string_view k, Int v) : key(k), value(static_cast<std::int64_t>(v)) {}
};

class Logger {
 public:
  enum class Form { kHuman, kJson };
  // Writes to file descriptor `fd`, which stays the caller's and outlives the logger.
  Logger(int fd, Form form, LogLevel threshold, const Clock& clock);

  bool enabled(LogLevel level) const noexcept { return level >= threshold_; }
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) const { write(LogLevel::kDebug, event, fields); }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) const { write(LogLevel::kInfo, event, fields); }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) const { write(LogLevel::kWarn, event, fields); }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) const { write(LogLevel::kError, event, fields); }

 private:
  std::string line_of(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const;

  int fd_;
  bool may_block_;
  Form form_;
  LogLevel threshold_;
  const Clock& clock_;
  mutable std::atomic<std::int64_t> lost_{0};  // lines since the last that got through
};

}  // namespace pointsman
