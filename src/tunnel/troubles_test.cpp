// SPDX-License-Identifier: Apache-2.0
#include "tunnel/troubles.h"

#include <gmock/gmock.h>

namespace pointsman::tunnel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Case {
  AgentKind kind;
  std::string line, code, mend;  // what it is, and a word of what to do
  bool hopeless;
};

constexpr AgentKind kNgrok = AgentKind::kNgrok, kCloudflared = AgentKind::kCloudflared;

TEST(Troubles, every_usual_failure_is_told_with_what_to_do) {
  const std::vector<Case> cases{
      {kNgrok, "ERROR:  ERR_NGROK_4018", "no_authtoken", "ngrok config add-authtoken", true},
      {kNgrok, R"({"err":"authentication failed\r\n\r\nERR_NGROK_105\r\n"})", "bad_authtoken", "ngrok config add-authtoken",
       true},
      {kNgrok, "ERR_NGROK_107", "bad_authtoken", "ngrok config add-authtoken", true},
      {kNgrok, "ERR_NGROK_123", "unverified_account", "mail", true},
      {kNgrok, "ERR_NGROK_120", "too_old", "ngrok update", true},
      {kNgrok, "ERR_NGROK_121", "too_old", "ngrok update", true},
      {kNgrok, "ERROR:  unknown flag: --url", "too_old", "ngrok update", true},
      {kNgrok, "ERR_NGROK_334", "already_online", "Stop the other ngrok", false},
      {kNgrok, "ERR_NGROK_108", "too_many_agents", "dashboard", false},
      {kNgrok, "ERR_NGROK_319", "not_your_domain", "--tunnel-url", true},
      {kNgrok, "ERR_NGROK_313", "not_your_domain", "--tunnel-url", true},
      {kNgrok, "ERR_NGROK_314", "not_your_domain", "--tunnel-url", true},
      {kNgrok, "ERR_NGROK_320", "not_your_domain", "--tunnel-url", true},
      {kNgrok, "ERR_NGROK_727", "limit", "plan", false},
      {kNgrok, "ERR_NGROK_725", "limit", "plan", false},
      {kNgrok, "ERR_NGROK_734", "limit", "plan", false},
      {kNgrok, "ERR_NGROK_702", "limit", "plan", false},
      {kNgrok, "ERR_NGROK_9009", "proxy", "http_proxy", true},
      {kNgrok, "ERR_NGROK_8012", "wrong_port", "own ngrok", false},
      {kNgrok, "ERR_NGROK_3004", "wrong_port", "[server.tls]", false},
      {kNgrok, "ERR_NGROK_3200", "offline", "comes back", false},
      {kNgrok, "ERR_NGROK_31", "ngrok_error", "ERR_NGROK_31", false},  // a number is read whole: not 319
      {kNgrok, "listen tcp 127.0.0.1:4040: bind: address already in use", "address_in_use", "other ngrok", false},
      {kNgrok, "dial tcp: lookup connect.ngrok-agent.com: no such host", "no_internet", "internet connection", false},
      {kNgrok, "Error reading configuration file '/x/ngrok.yml'", "bad_config", "ngrok config check", true},
      {kCloudflared, "failed to request quick Tunnel: dial tcp: lookup api.trycloudflare.com: no such host", "no_internet",
       "internet", false},
      {kCloudflared, "Error unmarshaling QuickTunnel response: error code: 1015 status_code=\"429 Too Many Requests\"",
       "rate_limited", "Wait", false},
      {kCloudflared, "failed to unmarshal quick Tunnel: invalid character 'e'", "rate_limited", "Wait", false},
      {kCloudflared, "ERR Failed to dial a quic connection error=\"timeout\"", "edge_blocked", "7844", false},
      {kCloudflared, "Error opening metrics server listener: bind: address already in use", "address_in_use", "tried again",
       false},
      {kCloudflared, "ERR error=\"Unable to reach the origin service. connection refused\"", "wrong_port", "config.yml", false},
      {kCloudflared, "Incorrect Usage: flag provided but not defined: -metrics", "too_old", "cloudflared update", true},
  };
  for (const Case& c : cases) {
    const auto trouble = trouble_in(c.kind, c.line);
    ASSERT_TRUE(trouble) << c.line;
    EXPECT_EQ(trouble->code, c.code) << c.line;
    EXPECT_THAT(trouble->mend, HasSubstr(c.mend)) << c.line;
    EXPECT_EQ(trouble->hopeless, c.hopeless) << c.line;
    EXPECT_FALSE(trouble->what.empty()) << c.line;
  }
}

TEST(Troubles, news_and_the_other_agents_troubles_are_none) {
  for (const char* line : {"", "client session established", "ERR_NGROK_", "ERR_NGROK_x"})
    EXPECT_FALSE(trouble_in(kNgrok, line)) << line;
  EXPECT_FALSE(trouble_in(kCloudflared, "INF Requesting new quick Tunnel on trycloudflare.com..."));
  EXPECT_FALSE(trouble_in(kCloudflared, "ERR_NGROK_4018"));
  EXPECT_FALSE(trouble_in(kNgrok, "failed to request quick Tunnel"));
}

TEST(Troubles, a_line_that_repeats_the_authtoken_is_told_without_it) {
  const auto trouble = trouble_in(kNgrok, "does not look like a proper authtoken. Your authtoken: 2aB3cD4eF5gH6 ERR_NGROK_105");
  ASSERT_TRUE(trouble);
  EXPECT_THAT(trouble->what + trouble->mend, Not(HasSubstr("2aB3")));
}

TEST(Troubles, what_we_see_ourselves_is_told_with_names_and_ports) {
  EXPECT_THAT(program_missing(kNgrok).mend, HasSubstr("Install ngrok"));
  EXPECT_TRUE(program_missing(kCloudflared).hopeless);
  EXPECT_THAT(other_port(kNgrok, 8000, 5000).what, AllOf(HasSubstr("8000"), HasSubstr("5000")));
  EXPECT_THAT(no_address(kNgrok, 30, "silence").what, AllOf(HasSubstr("30 s"), HasSubstr("silence")));
  EXPECT_THAT(went_silent(kCloudflared, 30, "silence").what, HasSubstr("silence"));
  EXPECT_THAT(agent_ended(kNgrok, "signal 9").what, HasSubstr("signal 9"));
  EXPECT_THAT(cannot_start(kNgrok, "no memory").what, HasSubstr("no memory"));
}

}  // namespace
}  // namespace pointsman::tunnel
