// SPDX-License-Identifier: Apache-2.0
#include "net/json_answer.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace pointsman::http {
namespace json = boost::json;
namespace {

std::string_view words_of(Errc code) {
  if (code == Errc::kTimeout)
    return "Storing takes unusually long, so it is not certain yet whether it was stored. Send it again with the same Idempotency-Key: "
           "it is stored once.";
  if (code == Errc::kThrottled) return "Too much is waiting here. Nothing was stored; please send it again a little later.";
  return "This server cannot store anything just now. Nothing was filed; please send it again.";
}

}  // namespace

Response error_response(int status, const std::vector<ApiError>& errors) {
  json::array list;
  for (const ApiError& error : errors) list.push_back({{"field", error.field}, {"code", error.code}, {"message", error.message}});
  Response response;
  response.status = status;
  response.body = json::serialize(json::object{{"errors", std::move(list)}});
  return response;
}

Response error_response(int status, std::string_view code, std::string_view message) {
  return error_response(status, {ApiError{"", std::string(code), std::string(message)}});
}

Response error_response(const Error& error) {
  switch (error.code) {
    case Errc::kNotFound: return error_response(404, name(error.code), error.what);
    case Errc::kConflict:
    case Errc::kStaleReceipt: return error_response(409, name(error.code), error.what);
    case Errc::kInvalid: return error_response(422, name(error.code), error.what);
    case Errc::kDenied: return error_response(403, name(error.code), error.what);
    default: break;
  }
  if (!error.may_retry())
    return error_response(500, name(error.code), "This server could not do it; its log says why. Nothing was stored.");
  Response response = error_response(503, name(error.code), words_of(error.code));
  const auto wait = error.retry_after.value_or(std::chrono::seconds{5});
  const std::int64_t seconds = std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count());
  response.headers.emplace_back("Retry-After", fmt::format("{}", seconds));
  return response;
}

}  // namespace pointsman::http
