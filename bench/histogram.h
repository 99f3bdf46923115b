// SPDX-License-Identifier: Apache-2.0
//
// bench/histogram.h: latencies in buckets whose width is at most 1/128 of their value, as HdrHistogram has them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace pointsman::bench {

class LatencyHistogram {
 public:
  void record(std::int64_t nanoseconds) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0));
    ++buckets_[index_of(value)];
    ++count_;
    max_ = std::max(max_, value);
  }

  std::uint64_t count() const { return count_; }
  double max_ms() const { return static_cast<double>(max_) / 1e6; }

  // The upper edge of the bucket that holds the quantile.
  double quantile_ms(double q) const {
    const auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(q * static_cast<double>(count_) + 0.5));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i)
      if ((seen += buckets_[i]) >= wanted) return static_cast<double>(std::min(upper_edge(i), max_)) / 1e6;
    return max_ms();
  }

 private:
  static constexpr unsigned kBits = 7;  // of each value that are kept
  static constexpr std::size_t kHalf = std::size_t{1} << kBits;

  static std::size_t index_of(std::uint64_t value) {
    const unsigned width = static_cast<unsigned>(std::bit_width(value));
    if (width <= kBits + 1) return value;
    const unsigned shift = width - kBits - 1;
    return shift * kHalf + (value >> shift);
  }
  static std::uint64_t upper_edge(std::size_t index) {
    if (index < 2 * kHalf) return index;
    const std::size_t shift = index / kHalf - 1;
    return ((index - shift * kHalf + 1) << shift) - 1;
  }

  std::array<std::uint64_t, 64 * kHalf> buckets_{};
  std::uint64_t count_ = 0, max_ = 0;
};

}  // namespace pointsman::bench
