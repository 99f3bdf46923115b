// SPDX-License-Identifier: Apache-2.0
//
// net/json_answer.h: the one form of every error answer: {"errors":[{"field","code","message"}]}. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http_server.h"

namespace pointsman::http {

struct ApiError {
  std::string field, code, message;
};

Response error_response(int status, const std::vector<ApiError>& errors);
Response error_response(int status, std::string_view code, std::string_view message);

// An Error as an answer: 404, 409, 422, 429, 500 or 503, with Retry-After where waiting helps. What is our own fault is not
// explained to the caller; the log has it.
Response error_response(const Error& error);

}  // namespace pointsman::http
