// SPDX-License-Identifier: Apache-2.0
//
// bench/teams_request.h: signed calls of a Teams outgoing webhook, made before the clock starts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "intake/teams/signature.h"

namespace pointsman::bench {

// Whole HTTP requests, one after the other in one block of memory.
class Requests {
 public:
  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(bytes_).substr(begin, ends_[i] - begin);
  }
  void add(std::string_view request) {
    bytes_ += request;
    ends_.push_back(bytes_.size());
  }
  void reserve(std::size_t count, std::size_t bytes_each) {
    ends_.reserve(count);
    bytes_.reserve(count * bytes_each);
  }

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

// `count` different reports in the three-line format, each with an id of its own, from kSenders people. `run` makes them differ from
// those of another run.
inline constexpr std::uint64_t kSenders = 50'000;
Requests make_teams_requests(std::size_t count, std::uint64_t run, const std::string& path, const teams::WebhookKey& key);

// A GET with a bearer token for each path.
Requests make_get_requests(const std::vector<std::string>& paths, const std::string& token);

}  // namespace pointsman::bench
