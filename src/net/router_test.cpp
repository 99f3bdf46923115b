// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "net/http_server.h"

namespace pointsman::http {
namespace {

using testing::ElementsAre;
using testing::Pair;

Handler nothing() {
  return [](Request) -> net::awaitable<Response> { co_return Response{}; };
}

Router router() {
  Router made;
  made.add("POST", "/teams/{name}", nothing(), {.max_body = 7});
  made.add("GET", "/v1/tickets", nothing());
  made.add("POST", "/v1/tickets", nothing());
  made.add("GET", "/v1/tickets/{number}/history", nothing());
  return made;
}

TEST(Router, finds_a_route_with_its_parameters_and_options) {
  const Router known = router();
  const Router::Match match = known.find("POST", "/teams/it");
  ASSERT_NE(match.handler, nullptr);
  EXPECT_EQ(match.options.max_body, 7u);
  EXPECT_THAT(match.params, ElementsAre(Pair("name", "it")));
  EXPECT_THAT(known.find("GET", "/v1/tickets/12/history").params, ElementsAre(Pair("number", "12")));
}

TEST(Router, a_parameter_is_one_segment_that_is_not_empty) {
  const Router known = router();
  for (const char* path : {"/teams", "/teams/", "/teams//", "/teams/it/", "/teams/it/more", "//teams/it", "/v1/tickets//history", "", "/",
                           "/teams/../v1/tickets", "/V1/tickets", "/v1/tickets/"})
    EXPECT_EQ(known.find("POST", path).status, 404) << path;
}

TEST(Router, another_method_is_405_with_those_that_are_taken) {
  const Router known = router();
  const Router::Match match = known.find("DELETE", "/v1/tickets");
  EXPECT_EQ(match.handler, nullptr);
  EXPECT_EQ(match.status, 405);
  EXPECT_EQ(match.allow, "GET, HEAD, POST");
  EXPECT_EQ(known.find("post", "/teams/it").status, 405);
}

TEST(Request, finds_headers_in_any_case_and_joins_those_of_one_name) {
  Request request;
  request.headers = {{"Content-Type", "a"}, {"X-Forwarded-For", "1"}, {"x-forwarded-for", "2"}, {"X\x1e", "no"}};
  EXPECT_EQ(request.header("content-type"), "a");
  EXPECT_EQ(request.header("content-typ"), "");
  EXPECT_EQ(request.header("x>"), "");
  EXPECT_EQ(request.all("X-FORWARDED-FOR"), "1, 2");
}

TEST(Request, query_parameters_are_decoded) {
  Request request;
  request.query = "q=a+b%20c&empty=&flag&broken=%zz%4&q=second&end=%41";
  EXPECT_EQ(request.query_param("q"), "a b c");
  EXPECT_EQ(request.query_param("empty"), "");
  EXPECT_EQ(request.query_param("flag"), "");
  EXPECT_EQ(request.query_param("broken"), "%zz%4");
  EXPECT_EQ(request.query_param("end"), "A");
  EXPECT_EQ(request.query_param("absent"), std::nullopt);
}

}  // namespace
}  // namespace pointsman::http
