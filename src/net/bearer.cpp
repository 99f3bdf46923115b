// SPDX-License-Identifier: Apache-2.0
#include "net/bearer.h"

#include "base/text.h"
#include "net/ascii.h"

namespace pointsman::http {

std::string_view BearerTokens::holder(std::string_view authorization) const {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size() || !same_ignoring_case(authorization.substr(0, kScheme.size()), kScheme))
    return {};
  const std::string_view given = text::trim(authorization.substr(kScheme.size()));
  std::string_view found;
  for (const auto& [name, token] : tokens_)
    if (equal_in_constant_time(given, token.reveal()) && found.empty()) found = name;
  return found;
}

}  // namespace pointsman::http
