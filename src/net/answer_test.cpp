// SPDX-License-Identifier: Apache-2.0
// The texts that go out: responses as bytes, errors as JSON; and whose token came in.
#include <gmock/gmock.h>

#include "net/bearer.h"
#include "net/json_answer.h"
#include "net/response_text.h"

namespace pointsman::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kDate = "Tue, 24 Nov 2026 02:00:00 GMT";

TEST(ResponseText, is_a_whole_http_answer) {
  Response response{.status = 201, .body = "{}", .content_type = "application/json", .headers = {{"Location", "/v1/tickets/1"}}};
  EXPECT_EQ(to_text(response, true, true, kDate),
            "HTTP/1.1 201 Created\r\nDate: Tue, 24 Nov 2026 02:00:00 GMT\r\nContent-Length: 2\r\nContent-Type: application/json\r\n"
            "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nLocation: /v1/tickets/1\r\n\r\n{}");
}

TEST(ResponseText, to_head_tells_the_length_and_holds_no_body) {
  const Response response{.status = 200, .body = "hello", .content_type = "text/plain", .headers = {}};
  const std::string text = to_text(response, false, false, kDate);
  EXPECT_THAT(text, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(text, EndsWith("Connection: close\r\n\r\n"));
}

TEST(ResponseText, without_a_body_there_is_no_content_type) {
  const Response response{.status = 401, .body = "", .content_type = "application/json", .headers = {}};
  EXPECT_THAT(to_text(response, true, true, kDate), Not(HasSubstr("Content-Type:")));
}

TEST(ResponseText, a_header_value_cannot_begin_another_line) {
  const Response response{.status = 200, .body = "", .content_type = "", .headers = {{"Location", "/a\r\nSet-Cookie: x"}}};
  EXPECT_THAT(to_text(response, true, true, kDate), HasSubstr("Location: /aSet-Cookie: x\r\n"));
}

TEST(ResponseText, dates_are_those_of_http) { EXPECT_EQ(format_date(1'795'485'600), kDate); }

std::string retry_after(const Response& response) {
  for (const auto& [name, value] : response.headers)
    if (name == "Retry-After") return value;
  return "";
}

TEST(ErrorResponse, has_the_status_of_its_error) {
  const std::pair<Errc, int> expected[]{{Errc::kNotFound, 404}, {Errc::kConflict, 409}, {Errc::kStaleReceipt, 409}, {Errc::kInvalid, 422},
                                        {Errc::kDenied, 403},   {Errc::kCorrupt, 500},  {Errc::kInternal, 500},     {Errc::kThrottled, 503},
                                        {Errc::kFull, 503},     {Errc::kTimeout, 503},  {Errc::kUnavailable, 503}};
  for (const auto& [code, status] : expected) {
    const Response response = error_response(Error{code, "secret path /var/lib", {}});
    EXPECT_EQ(response.status, status) << name(code);
    EXPECT_EQ(retry_after(response).empty(), status != 503) << name(code);
    EXPECT_THAT(response.body, HasSubstr(std::string("\"code\":\"") + name(code) + "\""));
    if (status < 500) continue;
    EXPECT_THAT(response.body, Not(HasSubstr("/var/lib"))) << "our own faults are for the log";
  }
}

TEST(ErrorResponse, waits_as_long_as_the_error_says_and_at_least_a_second) {
  EXPECT_EQ(retry_after(error_response(Error{Errc::kThrottled, "", std::chrono::milliseconds(1'500)})), "2");
  EXPECT_EQ(retry_after(error_response(Error{Errc::kThrottled, "", std::chrono::milliseconds(0)})), "1");
}

TEST(ErrorResponse, does_not_claim_to_know_what_is_not_certain) {
  EXPECT_THAT(error_response(Error{Errc::kTimeout, "", {}}).body, HasSubstr("not certain"));
  EXPECT_THAT(error_response(Error{Errc::kUnavailable, "", {}}).body, HasSubstr("Nothing was filed"));
}

TEST(ErrorResponse, is_json_whatever_it_says) {
  EXPECT_EQ(error_response(422, {{"a\"b", "c", "line\nend \x01"}}).body,
            R"({"errors":[{"field":"a\"b","code":"c","message":"line\nend \u0001"}]})");
}

TEST(BearerTokens, the_holder_is_whose_token_it_is) {
  BearerTokens tokens;
  tokens.add("scripts", Secret("first-token-of-many"));
  tokens.add("board", Secret("second-token-of-many"));
  EXPECT_EQ(tokens.holder("Bearer first-token-of-many"), "scripts");
  EXPECT_EQ(tokens.holder("bearer   second-token-of-many "), "board");
  for (const char* wrong : {"", "Bearer", "Bearer ", "Bearer first-token-of-man", "Bearer first-token-of-manyy", "Basic first-token-of-many",
                            "first-token-of-many", "Bearer FIRST-TOKEN-OF-MANY", "Bearer first-token-of-many, second-token-of-many"})
    EXPECT_EQ(tokens.holder(wrong), "") << wrong;
  EXPECT_EQ(BearerTokens{}.holder("Bearer "), "");
}

}  // namespace
}  // namespace pointsman::http
