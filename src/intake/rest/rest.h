// SPDX-License-Identifier: Apache-2.0
//
// intake/rest/rest.h: answers POST /v1/tickets, the way in for programs. docs/openapi.yaml describes it.
//
// The same Idempotency-Key of the same token answers the same ticket for ever: 201 the first time, 200 after.
// Threads: the I/O loop.
#pragma once

#include "base/log.h"
#include "intake/intake.h"
#include "net/bearer.h"
#include "net/http_server.h"

namespace pointsman::rest {

inline constexpr std::size_t kLongestIdempotencyKey = 255;  // bytes

class TicketEntrance {
 public:
  TicketEntrance(const http::BearerTokens& tokens, const Rules& rules, intake::Intake& intake, const Logger& log);
  http::net::awaitable<http::Response> handle(http::Request request);

 private:
  const http::BearerTokens& tokens_;
  const Rules& rules_;
  intake::Intake& intake_;
  const Logger& log_;
};

}  // namespace pointsman::rest
