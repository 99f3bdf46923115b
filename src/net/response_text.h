// SPDX-License-Identifier: Apache-2.0
//
// net/response_text.h: a Response as the bytes that go out. Pure.
#pragma once

#include <string>
#include <string_view>

#include "net/http_server.h"

namespace pointsman::http {

// `date` is an IMF-fixdate. `with_body` false: the answer to HEAD.
std::string to_text(const Response& response, bool keep_alive, bool with_body, std::string_view date);

// "Tue, 24 Nov 2026 02:00:00 GMT"
std::string format_date(std::int64_t unix_seconds);

}  // namespace pointsman::http
