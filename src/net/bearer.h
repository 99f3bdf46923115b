// SPDX-License-Identifier: Apache-2.0
//
// net/bearer.h: who holds a request's `Authorization: Bearer` token. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"

namespace pointsman::http {

class BearerTokens {
 public:
  void add(std::string name, Secret token) { tokens_.emplace_back(std::move(name), std::move(token)); }
  bool empty() const noexcept { return tokens_.empty(); }

  // The name of the token's holder; empty when the header is missing or no token matches. Looks at every token, in constant time
  // each.
  std::string_view holder(std::string_view authorization) const;

 private:
  std::vector<std::pair<std::string, Secret>> tokens_;
};

}  // namespace pointsman::http
