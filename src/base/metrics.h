// SPDX-License-Identifier: Apache-2.0
//
// base/metrics.h: counters, gauges and histograms in the Prometheus text format.
//
// A metric is made once, while the program is wired, and kept by reference; the registry owns it. Label values come from the
// configuration or from enums, never from a requester, so the number of series is bounded by the operator.
//
// Threads: making metrics and text() take a lock; add(), set() and observe() are lock-free and may be called anywhere.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pointsman {

class Counter {
 public:
  void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(std::int64_t v) noexcept { value_.store(v, std::memory_order_relaxed); }
  void add(std::int64_t n) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Durations in seconds, in fixed buckets from 0.1 ms to 10 s.
class Histogram {
 public:
  static constexpr double kBounds[] = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};
  void observe(double seconds) noexcept;
  void append_text(std::string& out, const std::string& name, const std::string& labels) const;

 private:
  std::atomic<std::uint64_t> buckets_[std::size(kBounds) + 1]{};
  std::atomic<std::uint64_t> microseconds_{0};
};

using Labels = std::vector<std::pair<std::string, std::string>>;

class Metrics {
 public:
  // The same name and labels give the same metric again. Names begin with "pointsman_".
  Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {});

  // What `GET /metrics` answers.
  std::string text() const;

 private:
  template <class T>
  struct Family {
    std::string help;
    std::map<std::string, T> series;  // by rendered labels
  };
  mutable std::mutex mutex_;
  std::map<std::string, Family<Counter>, std::less<>> counters_;
  std::map<std::string, Family<Gauge>, std::less<>> gauges_;
  std::map<std::string, Family<Histogram>, std::less<>> histograms_;
};

}  // namespace pointsman
