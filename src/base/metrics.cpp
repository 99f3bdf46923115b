// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

#include <algorithm>

#include <fmt/format.h>

namespace pointsman {
namespace {

std::string render(const Labels& labels) {
  std::string out;
  for (const auto& [key, value] : labels) {
    out += out.empty() ? "" : ",";
    out += key;
    out += "=\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') out += '\\';
      if (c == '\n') out += "\\n";
      else out += c;
    }
    out += '"';
  }
  return out;
}

std::string braces(const std::string& labels) { return labels.empty() ? std::string{} : "{" + labels + "}"; }

template <class Families>
auto& series_of(Families& families, std::string_view name, std::string_view help, const Labels& labels) {
  auto& family = families[std::string(name)];
  family.help = help;
  return family.series[render(labels)];
}

}  // namespace

void Histogram::observe(double seconds) noexcept {
  const auto at = std::lower_bound(std::begin(kBounds), std::end(kBounds), seconds) - std::begin(kBounds);
  buckets_[at].fetch_add(1, std::memory_order_relaxed);
  microseconds_.fetch_add(static_cast<std::uint64_t>(std::max(0.0, seconds) * 1e6), std::memory_order_relaxed);
}

void Histogram::append_text(std::string& out, const std::string& name, const std::string& labels) const {
  const auto to = std::back_inserter(out);
  const std::string comma = labels.empty() ? "" : ",";
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i <= std::size(kBounds); ++i) {
    seen += buckets_[i].load(std::memory_order_relaxed);
    const std::string bound = i < std::size(kBounds) ? fmt::format("{}", kBounds[i]) : "+Inf";
    fmt::format_to(to, "{}_bucket{{{}{}le=\"{}\"}} {}\n", name, labels, comma, bound, seen);
  }
  fmt::format_to(to, "{}_sum{} {:.6f}\n", name, braces(labels), static_cast<double>(microseconds_.load()) / 1e6);
  fmt::format_to(to, "{}_count{} {}\n", name, braces(labels), seen);
}

Counter& Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  return series_of(counters_, name, help, labels);
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  return series_of(gauges_, name, help, labels);
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  return series_of(histograms_, name, help, labels);
}

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  const auto to = std::back_inserter(out);
  const auto head = [&](const std::string& name, const std::string& help, const char* type) {
    fmt::format_to(to, "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  };
  for (const auto& [name, family] : counters_) {
    head(name, family.help, "counter");
    for (const auto& [labels, metric] : family.series) fmt::format_to(to, "{}{} {}\n", name, braces(labels), metric.value());
  }
  for (const auto& [name, family] : gauges_) {
    head(name, family.help, "gauge");
    for (const auto& [labels, metric] : family.series) fmt::format_to(to, "{}{} {}\n", name, braces(labels), metric.value());
  }
  for (const auto& [name, family] : histograms_) {
    head(name, family.help, "histogram");
    for (const auto& [labels, metric] : family.series) metric.append_text(out, name, labels);
  }
  return out;
}

}  // namespace pointsman
