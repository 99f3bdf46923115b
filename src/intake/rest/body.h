// SPDX-License-Identifier: Apache-2.0
//
// intake/rest/body.h: reads the JSON body of POST /v1/tickets. Every fault of form is noted beside the others, so that a caller sees all
// of them at once. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/json_answer.h"
#include "ticket/validation.h"

namespace pointsman::rest {

inline constexpr std::size_t kLongestPerson = 200;  // characters of requester.id and requester.name
inline constexpr std::size_t kMostErrors = 50;      // in one answer

struct Body {
  Person requester;
  Draft draft;
  std::vector<http::ApiError> errors;  // of form: wrong types, unknown members
};

// `holder`, the token's name, is the requester when the body names none. kInvalid: it is no JSON object at all.
Result<Body> read_body(std::string_view json, std::string_view holder, const Format& format, int json_depth);

}  // namespace pointsman::rest
