// SPDX-License-Identifier: Apache-2.0
//
// base/secret.h: a secret that does not print. Only reveal() gives it out, so every use can be found by that word.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace pointsman {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  std::string_view reveal() const noexcept { return value_; }
  bool empty() const noexcept { return value_.empty(); }

 private:
  std::string value_;
};

// fmt and streams print this for any secret.
inline constexpr std::string_view kHiddenSecret = "***";

// Compares without telling by its duration where the first difference is. The length is no secret.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace pointsman
