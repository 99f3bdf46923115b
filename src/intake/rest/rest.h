// SPDX-License-Identifier: Apache-2.0
//
// intake/rest/rest.h: answers POST /v1/tickets, the way in for programs. docs/openapi.yaml describes it.
//
// The same Idempotency-Key of the same token answers the same ticket for ever: 201 the first time, 200 after. The key with another
// content is refused: what it says would be lost otherwise.
// Threads: the I/O loop.
#pragma once

#include "base/log.h"
#include "intake/intake.h"
#include "net/api_guard.h"
#include "net/http_server.h"

namespace pointsman::rest {

inline constexpr std::size_t kLongestIdempotencyKey = 255;  // bytes

class TicketEntrance {
 public:
  // All outlive the entrance.
  TicketEntrance(const http::ApiGuard& guard, const Rules& rules, int json_depth, intake::Intake& intake, const Logger& log);
  http::net::awaitable<http::Response> handle(http::Request request);

 private:
  http::Response refuse(const http::Request& request, const intake::Answer& answer) const;  // when it holds no ticket

  const http::ApiGuard& guard_;
  const Rules& rules_;
  int json_depth_;
  intake::Intake& intake_;
  const Logger& log_;
};

}  // namespace pointsman::rest
