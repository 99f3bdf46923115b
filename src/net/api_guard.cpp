// SPDX-License-Identifier: Apache-2.0
#include "net/api_guard.h"

#include "net/json_answer.h"

namespace pointsman::http {
namespace {

std::string_view kind_of(int status) {
  if (status == 401 || status == 403) return "signature";
  if (status == 429 || status == 413) return "limit";
  return status >= 500 ? "state" : "requester";
}

}  // namespace

Response ApiGuard::refuse(const Request& request, std::string_view reason, Response answer, std::string_view detail) const {
  metrics_.counter("pointsman_api_refused_total", "API calls that were refused, by reason.", {{"reason", std::string(reason)}}).add();
  const std::string_view kind = reason == name(Errc::kThrottled) ? "limit" : kind_of(answer.status);
  const LogLevel level = kind == "state" ? LogLevel::kError : LogLevel::kWarn;
  const std::string caller = holder(request);
  log_.write(level, "refused", {{"kind", kind}, {"reason", reason}, {"detail", detail}, {"status", answer.status},
                                {"token", caller.empty() ? std::string_view("none") : std::string_view(caller)}, {"client", request.client}});
  return answer;
}

Response ApiGuard::unauthorized(const Request& request) const {
  Response answer = error_response(401, "unauthorized", "Send a valid API token as \"Authorization: Bearer TOKEN\".");
  answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"pointsman\"");
  return refuse(request, "bad_token", std::move(answer));
}

Response ApiGuard::refuse(const Request& request, const Error& error) const {
  Response answer = error_response(error);
  // What the caller asked for is the caller's; only what went wrong on our side is explained in the log.
  const std::string_view detail = answer.status >= 500 ? std::string_view(error.what) : std::string_view{};
  return refuse(request, name(error.code), std::move(answer), detail);
}

}  // namespace pointsman::http
