// SPDX-License-Identifier: Apache-2.0
#include "tunnel/answers.h"

#include <gmock/gmock.h>

namespace pointsman::tunnel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Answers, endpoints_of_a_newer_ngrok_with_their_ports) {
  const auto routes = read_endpoints(R"({"endpoints":[
      {"name":"a","url":"https://a.ngrok.app","upstream":{"url":"http://localhost:8000","protocol":"http1"}},
      {"name":"b","url":"https://b.ngrok.app","upstream":{"url":5000}},
      {"name":"t","url":"tcp://1.tcp.ngrok.io:12345","upstream":{"url":"localhost:22"}}]})");
  ASSERT_TRUE(routes);
  EXPECT_THAT(*routes, ElementsAre(Route{"https://a.ngrok.app", 8000}, Route{"https://b.ngrok.app", 5000}));
  ASSERT_NE(route_to(*routes, 5000), nullptr);
  EXPECT_EQ(route_to(*routes, 5000)->url, "https://b.ngrok.app");
  EXPECT_EQ(route_to(*routes, 22), nullptr);
}

TEST(Answers, tunnels_of_an_older_ngrok_with_their_ports) {
  const auto routes = read_tunnels(R"({"tunnels":[
      {"name":"command_line","public_url":"https://x.ngrok-free.app","proto":"https",
       "config":{"addr":"localhost:80","inspect":true}},
      {"name":"plain","public_url":"http://x.ngrok-free.app",
       "proto":"http","config":{"addr":"http://localhost:5000"}}],"uri":"/api/tunnels"})");
  ASSERT_TRUE(routes);
  EXPECT_THAT(*routes, ElementsAre(Route{"https://x.ngrok-free.app", 80}));
}

TEST(Answers, quick_tunnel_gets_its_scheme_and_may_have_no_name_yet) {
  EXPECT_EQ(read_quick_tunnel(R"({"hostname":"four-words.trycloudflare.com"})"), "https://four-words.trycloudflare.com");
  EXPECT_EQ(read_quick_tunnel(R"({"hostname":""})"), "");
}

TEST(Answers, garbage_is_an_error_or_nothing_but_never_an_address) {
  for (const char* garbage : {"", "<html>", "[]", "{", "null", R"({"endpoints":7})", R"({"tunnels":{}})", "\xff\xfe"}) {
    EXPECT_FALSE(read_endpoints(garbage)) << garbage;
    EXPECT_FALSE(read_tunnels(garbage)) << garbage;
  }
  EXPECT_FALSE(read_quick_tunnel("[1]"));
  EXPECT_FALSE(read_quick_tunnel(R"({"hostname":"evil.example/path"})"));
  EXPECT_FALSE(read_quick_tunnel("{\"hostname\":\"a.example\\u001b[31m\"}"));
  EXPECT_THAT(*read_endpoints(R"({"endpoints":[1,null,{},{"url":7},{"url":"https://a b.example"}]})"), IsEmpty());
}

TEST(Answers, port_of_every_form_of_an_address) {
  EXPECT_EQ(port_of("5000"), 5000);
  EXPECT_EQ(port_of("localhost:80"), 80);
  EXPECT_EQ(port_of("http://localhost:5000"), 5000);
  EXPECT_EQ(port_of("http://localhost:5000/path?x=1:2"), 5000);
  EXPECT_EQ(port_of("http://[::1]:5000"), 5000);
  EXPECT_EQ(port_of("http://[::1]"), 80);
  EXPECT_EQ(port_of("https://localhost"), 443);
  EXPECT_EQ(port_of("http://localhost"), 80);
  for (const char* none : {"", "localhost", "localhost:", "localhost:99999", "localhost:5x", "-1"})
    EXPECT_EQ(port_of(none), 0) << none;
}

TEST(Answers, public_addresses_are_https_and_nothing_else) {
  EXPECT_TRUE(is_public_address("https://name.ngrok-free.app"));
  EXPECT_TRUE(is_public_address("https://desk.example:8443"));
  for (const char* bad :
       {"", "http://a.example", "https://", "https://localhost", "https://a.example/", "https://u@a.example",
        "https://a.example:", "https://a.example:0", "https://a.example\n", "https://ä.example", "javascript:alert(1)"})
    EXPECT_FALSE(is_public_address(bad)) << bad;
  EXPECT_FALSE(is_public_address("https://" + std::string(400, 'a') + ".example"));
}

TEST(Answers, the_local_interface_is_taken_from_the_log_only_when_it_is_on_this_machine) {
  const auto at = [](const std::string& address) {
    return read_log_line(R"({"lvl":"info","msg":"starting web service","obj":"web","addr":")" + address + "\"}").interface;
  };
  EXPECT_EQ(at("127.0.0.1:4041"), (Interface{false, 4041}));
  EXPECT_EQ(at("localhost:4040"), (Interface{false, 4040}));
  EXPECT_EQ(at("0.0.0.0:4040"), (Interface{false, 4040}));
  EXPECT_EQ(at("[::1]:4040"), (Interface{true, 4040}));
  for (const char* bad : {"", "10.0.0.1:4040", "evil.example:80", "127.0.0.1:", "127.0.0.1:0", "false"})
    EXPECT_EQ(at(bad), std::nullopt) << bad;
  EXPECT_EQ(read_log_line(R"({"lvl":"info","msg":"started tunnel","obj":"tunnels","addr":"127.0.0.1:5000"})").interface,
            std::nullopt);
}

TEST(Answers, errors_are_told_from_news) {
  EXPECT_FALSE(read_log_line(R"({"lvl":"info","msg":"client session established","err":"nil"})").is_error);
  EXPECT_TRUE(read_log_line(R"({"lvl":"eror","msg":"session closing"})").is_error);
  EXPECT_EQ(read_log_line(R"({"lvl":"info","msg":"join failed","err":"EOF"})").text, "join failed: EOF");
  EXPECT_TRUE(read_log_line("2024-01-01T00:00:00Z ERR Failed to dial").is_error);
  EXPECT_FALSE(read_log_line("2024-01-01T00:00:00Z INF Starting").is_error);
  EXPECT_EQ(read_log_line("{not json").text, "{not json");
}

TEST(Answers, lines_that_may_hold_a_token_are_not_shown) {
  EXPECT_TRUE(is_safe_to_show("failed to dial: connection refused, retrying in 4s"));
  EXPECT_FALSE(is_safe_to_show("Your authtoken: abc"));
  EXPECT_FALSE(is_safe_to_show("the SECRET is abc"));
  EXPECT_FALSE(is_safe_to_show("value 2aB3cD4eF5gH6iJ7kL8mN9oP0qR_1sT2uV3wX4yZ5aB6cD7eF rejected"));
  EXPECT_FALSE(is_safe_to_show("https://user:x@host/?k=abcdefghij0123456789abcdefghij"));
}

TEST(Answers, a_stream_is_cut_into_lines_of_bounded_length) {
  Lines lines;
  EXPECT_THAT(lines.feed("one\r\ntw"), ElementsAre("one"));
  EXPECT_THAT(lines.feed("o\n\nthree"), ElementsAre("two", ""));
  EXPECT_EQ(lines.rest(), "three");
  Lines flood;
  for (int i = 0; i < 100; ++i) EXPECT_THAT(flood.feed(std::string(10'000, 'x')), IsEmpty());
  const auto cut = flood.feed("\n");
  ASSERT_THAT(cut, SizeIs(1));
  EXPECT_EQ(cut.front().size(), Lines::kLongestLine);
}

}  // namespace
}  // namespace pointsman::tunnel
