// SPDX-License-Identifier: Apache-2.0
//
// intake/teams/signature.h: proves that a request comes from the Teams webhook whose security token we hold. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace pointsman::teams {

// A security token, base64-decoded: the HMAC key.
class WebhookKey {
 public:
  // `token` is what Teams showed once when the webhook was made. The error names no part of it.
  static Result<WebhookKey> parse(std::string_view token);

  // Whether `authorization` ("HMAC <base64>") is the HMAC-SHA256 of exactly these bytes. Constant time.
  bool signed_by(std::string_view body, std::string_view authorization) const;

  // The Authorization header a genuine caller would send with `body`.
  std::string sign(std::string_view body) const;

 private:
  explicit WebhookKey(Secret key) : key_(std::move(key)) {}
  Secret key_;
};

// True when any of the live keys signed the body. Takes the same time whichever it was.
bool signed_by_any(const std::vector<WebhookKey>& keys, std::string_view body, std::string_view authorization);

}  // namespace pointsman::teams
