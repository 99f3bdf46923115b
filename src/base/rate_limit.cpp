// SPDX-License-Identifier: Apache-2.0
#include "base/rate_limit.h"

#include <algorithm>
#include <functional>

namespace pointsman {

RateLimiter::RateLimiter(int per_minute, std::size_t max_keys) : per_minute_(per_minute), max_keys_(std::max<std::size_t>(max_keys, 1)) {}

bool RateLimiter::allow(std::string_view key, Instant now) {
  if (per_minute_ <= 0) return true;
  const std::uint64_t hash = std::hash<std::string_view>{}(key);
  auto at = buckets_.find(hash);
  if (at == buckets_.end()) {
    if (buckets_.size() >= max_keys_) {
      buckets_.erase(recent_first_.back().key);
      recent_first_.pop_back();
    }
    recent_first_.push_front({hash, static_cast<double>(per_minute_), now});
    at = buckets_.emplace(hash, recent_first_.begin()).first;
  } else {
    recent_first_.splice(recent_first_.begin(), recent_first_, at->second);
  }
  Bucket& bucket = *at->second;
  if (now > bucket.refilled) {  // a clock that was set back refills nothing
    const double minutes = std::chrono::duration<double, std::ratio<60>>(now - bucket.refilled).count();
    bucket.tokens = std::min<double>(per_minute_, bucket.tokens + minutes * per_minute_);
  }
  bucket.refilled = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

}  // namespace pointsman
