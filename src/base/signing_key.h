// SPDX-License-Identifier: Apache-2.0
//
// base/signing_key.h: a base64 text to the bytes of an HMAC key. Pure. Here and not beside the signatures, so that a configuration can
// be judged before anything is served.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace pointsman {

inline constexpr std::size_t kShortestSigningKey = 16, kLongestSigningKey = 128;  // bytes; Teams makes 32

// Standard alphabet, no blanks, no stray bits. The padding may be left out, but what stands of it must be right.
std::optional<std::string> decode_base64(std::string_view in);

// The key of a webhook's security token, which may have blanks around it. The error says what is wrong and names no part of it.
Result<Secret> parse_signing_key(std::string_view token);

}  // namespace pointsman
