// SPDX-License-Identifier: Apache-2.0
//
// net/api_guard.h: who may call the API, and what a refused call leaves behind: one counted reason and one log line that says whose
// doing it was. Knows no tickets.
//
// Threads: the I/O loop.
#pragma once

#include <string>
#include <string_view>

#include "base/log.h"
#include "base/metrics.h"
#include "net/bearer.h"
#include "net/http_server.h"

namespace pointsman::http {

class ApiGuard {
 public:
  // `metrics` and `log` outlive the guard.
  ApiGuard(BearerTokens tokens, Metrics& metrics, const Logger& log) : tokens_(std::move(tokens)), metrics_(metrics), log_(log) {}

  bool is_open() const noexcept { return !tokens_.empty(); }
  // The name of the caller's token; empty when it has none that is valid.
  std::string holder(const Request& request) const { return std::string(tokens_.holder(request.header("authorization"))); }

  // 401, with what to send.
  Response unauthorized(const Request& request) const;
  // `answer`, after counting and logging it. `reason` is one of few words and names nothing of what was sent; its kind follows from the
  // status: requester (4xx), state (5xx), limit (429 and overload).
  Response refuse(const Request& request, std::string_view reason, Response answer, std::string_view detail = {}) const;
  // What an operation's Error means for its caller.
  Response refuse(const Request& request, const Error& error) const;

 private:
  BearerTokens tokens_;
  Metrics& metrics_;
  const Logger& log_;
};

}  // namespace pointsman::http
