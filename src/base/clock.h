// SPDX-License-Identifier: Apache-2.0
//
// base/clock.h: the one way to ask what time it is.
//
// Stored instants are sys_time<milliseconds>, UTC. Deadlines use std::chrono::steady_clock where they stand.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pointsman {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  // Thread-safe.
  virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

// For tests: stands still until it is advanced. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start.time_since_epoch().count()) {}
  Instant now() const override { return Instant{std::chrono::milliseconds{now_.load()}}; }
  void advance(std::chrono::milliseconds by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_;
};

// RFC 3339 in UTC with milliseconds: 2026-11-23T09:30:00.123Z
std::string format_rfc3339(Instant at);

// Reads RFC 3339 with any offset and any number of fractional digits; nothing when the text is no such time.
std::optional<Instant> parse_rfc3339(std::string_view text);

inline std::int64_t to_unix_ms(Instant at) { return at.time_since_epoch().count(); }
inline Instant from_unix_ms(std::int64_t ms) { return Instant{std::chrono::milliseconds{ms}}; }

}  // namespace pointsman
