// SPDX-License-Identifier: Apache-2.0
//
// base/rate_limit.h: how often each of many callers may do something: a token bucket a key, refilled evenly. Pure: the time comes in.
//
// Memory is bounded: beyond `max_keys` the key that was quiet longest is forgotten, which can only be in that caller's favour.
// Threads: none of its own; one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace pointsman {

class RateLimiter {
 public:
  // `per_minute` 0: everything is allowed. A caller who was quiet may do a minute's worth at once.
  RateLimiter(int per_minute, std::size_t max_keys);

  // Whether the caller may now; counts when it may.
  bool allow(std::string_view key, Instant now);

 private:
  struct Bucket {
    std::uint64_t key;  // a hash: two callers that share one are limited together
    double tokens;
    Instant refilled;
  };
  int per_minute_;
  std::size_t max_keys_;
  std::list<Bucket> recent_first_;
  std::unordered_map<std::uint64_t, std::list<Bucket>::iterator> buckets_;
};

}  // namespace pointsman
