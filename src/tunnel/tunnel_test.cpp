// SPDX-License-Identifier: Apache-2.0
//
// The tunnel with the stand-in agent (tests/standin/agent.py) and with small shell scripts, in times short enough to wait for.
// tests/e2e/test_tunnel.py shows the same in the real server, with its real times.
#include "tunnel/tunnel.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "support/temp_dir.h"
#include "tunnel/local_get.h"

namespace pointsman::tunnel {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string content(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

class TunnelTest : public ::testing::Test {
 protected:
  TunnelTest()
      : log_fd_(open(dir_.file("log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)),
        log_(log_fd_, Logger::Form::kJson, LogLevel::kDebug, clock_) {
    setenv("STANDIN_DIR", dir_.path().c_str(), 1);
  }
  ~TunnelTest() override {
    if (tunnel_) stop();
    tunnel_.reset();
    unsetenv("STANDIN_FAIL");
    unsetenv("STANDIN_WEB_PORT");
    close(log_fd_);
  }

  void install(const std::string& agent, const std::string& program) {
    std::ofstream(dir_.file(agent)) << program;
    std::filesystem::permissions(dir_.file(agent), std::filesystem::perms::owner_all);
  }
  void install_standin(const std::string& agent, const char* mode) {
    install(agent, "#!/usr/bin/python3\n" + content("tests/standin/agent.py"));
    setenv("STANDIN_FAIL", mode, 1);
  }
  void start(AgentKind kind) {
    options_.kind = kind;
    options_.upstream.port = 5999;
    options_.program_path = dir_.path().string() + ":/usr/bin:/bin";
    tunnel_.emplace(
        io_, options_, [this](const std::string& url, const std::string&) { announced_.push_back(url); }, metrics_, log_);
    tunnel_->start();
  }
  void stop() {
    bool stopped = false;
    boost::asio::co_spawn(io_, tunnel_->stop(), [&stopped](std::exception_ptr) { stopped = true; });
    EXPECT_TRUE(run_until([&stopped] { return stopped; }));
  }
  // Whether it came true.
  bool run_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      io_.restart();
      io_.run_for(5ms);
    }
    return true;
  }
  std::string log() const { return content(dir_.file("log")); }
  bool logs(const std::string& words) {
    return run_until([this, &words] { return log().find(words) != std::string::npos; });
  }
  int count(const std::string& words) const {
    const std::string all = log();
    int n = 0;
    for (std::size_t at = all.find(words); at != all.npos; at = all.find(words, at + 1)) ++n;
    return n;
  }
  std::int64_t up() { return metrics_.gauge("pointsman_tunnel_up", "").value(); }
  std::uint64_t restarts() { return metrics_.counter("pointsman_tunnel_restarts_total", "").value(); }

  test::TempDir dir_;
  SystemClock clock_;
  int log_fd_;
  Logger log_;
  Metrics metrics_;
  boost::asio::io_context io_;
  std::vector<std::string> announced_;
  Options options_;
  std::optional<Tunnel> tunnel_;
};

struct Nonsense {
  const char *mode, *words;
};

class TunnelNonsense : public TunnelTest, public ::testing::WithParamInterface<std::tuple<AgentKind, Nonsense>> {};

TEST_P(TunnelNonsense, nonsense_from_the_local_interface_is_named_and_the_agent_started_again) {
  const auto& [kind, nonsense] = GetParam();
  install_standin(std::string(name(kind)), nonsense.mode);
  options_.address_deadline = 100ms;
  options_.first_pause = 1ms;
  start(kind);
  ASSERT_TRUE(logs(nonsense.words));
  EXPECT_TRUE(run_until([this] { return restarts() > 0; }));
  EXPECT_TRUE(announced_.empty());
  EXPECT_EQ(up(), 0);
}

INSTANTIATE_TEST_SUITE_P(both, TunnelNonsense,
                         ::testing::Combine(::testing::Values(AgentKind::kNgrok, AgentKind::kCloudflared),
                                            ::testing::Values(Nonsense{"garbage", "answers with something else"},
                                                              Nonsense{"huge", "answers without end"},
                                                              Nonsense{"not_http", "does not speak HTTP"},
                                                              Nonsense{"hang", "does not answer in time"})));

TEST_F(TunnelTest, an_ngrok_whose_log_names_no_interface_is_asked_at_the_usual_one) {
  options_.usual_interface = {false, free_port(io_)};
  options_.guess_after = 10ms;
  setenv("STANDIN_WEB_PORT", std::to_string(options_.usual_interface.port).c_str(), 1);
  install_standin("ngrok", "mute");
  start(AgentKind::kNgrok);
  EXPECT_TRUE(run_until([this] { return !announced_.empty(); }));
}

TEST_F(TunnelTest, an_agent_that_leads_to_another_port_is_told_by_both_ports) {
  install_standin("ngrok", "wrong_port");
  options_.address_deadline = 100ms;
  start(AgentKind::kNgrok);
  EXPECT_TRUE(logs("ngrok sends to port 1, not to 5999"));
  EXPECT_TRUE(announced_.empty());
}

TEST_F(TunnelTest, an_agent_that_says_nothing_is_started_again) {
  install("cloudflared", "#!/bin/sh\nexec sleep 1000\n");
  options_.address_deadline = 50ms;
  options_.first_pause = 1ms;
  start(AgentKind::kCloudflared);
  EXPECT_TRUE(logs("\"reason\":\"no_address\""));
  EXPECT_TRUE(run_until([this] { return restarts() > 1; }));
}

TEST_F(TunnelTest, an_agent_that_falls_silent_is_started_again) {
  install_standin("ngrok", "fall_silent");
  options_.watch_every = 20ms;
  options_.silence_deadline = 100ms;
  options_.first_pause = 1ms;
  start(AgentKind::kNgrok);
  EXPECT_TRUE(logs("running but useless"));
  EXPECT_THAT(announced_, ElementsAre("https://standin.ngrok-free.app"));
}

TEST_F(TunnelTest, is_not_up_while_the_agent_has_no_connection) {
  install_standin("cloudflared", "not_ready");
  options_.watch_every = 20ms;
  start(AgentKind::kCloudflared);
  ASSERT_TRUE(run_until([this] { return !announced_.empty(); }));
  EXPECT_EQ(up(), 0);
}

TEST_F(TunnelTest, an_agent_that_ignores_sigterm_is_killed) {
  install_standin("ngrok", "stubborn");
  options_.stop_deadline = 100ms;
  start(AgentKind::kNgrok);
  ASSERT_TRUE(run_until([this] { return !announced_.empty(); }));
  EXPECT_EQ(up(), 1);
  const auto pid = boost::json::parse(content(dir_.file("starts"))).at("pid").to_number<pid_t>();
  ASSERT_EQ(kill(pid, 0), 0);
  stop();
  EXPECT_NE(kill(pid, 0), 0);
}

TEST_F(TunnelTest, a_hopeless_agent_that_runs_on_is_stopped_and_not_started_again) {
  install("ngrok", "#!/bin/sh\necho $$ > " + dir_.file("pid") + "\necho ERR_NGROK_4018\nexec sleep 1000\n");
  start(AgentKind::kNgrok);
  ASSERT_TRUE(logs("\"reason\":\"no_authtoken\""));
  pid_t pid = 0;
  std::ifstream(dir_.file("pid")) >> pid;
  EXPECT_TRUE(run_until([pid] { return kill(pid, 0) != 0; }));
  stop();
  EXPECT_EQ(restarts(), 0U);
  EXPECT_EQ(count("tunnel agent started"), 1);
}

TEST_F(TunnelTest, a_hopeless_word_in_the_log_of_a_tunnel_that_works_does_not_end_it) {
  install_standin("ngrok", "late_words");  // a caller's request may be repeated there
  options_.watch_every = 5ms;
  options_.look_every = 1ms;
  start(AgentKind::kNgrok);
  ASSERT_TRUE(logs("\"reason\":\"no_authtoken\""));
  const auto asked = [this] { return content(dir_.file("asked")).size(); };
  const std::size_t before = asked();
  EXPECT_TRUE(run_until([&] { return asked() > before + 50; }));
  EXPECT_EQ(up(), 1);
  EXPECT_EQ(count("tunnel agent started"), 1);
}

TEST_F(TunnelTest, pauses_double_up_to_the_longest) {
  install("ngrok", "#!/bin/sh\nexit 1\n");
  options_.first_pause = 1ms;
  options_.longest_pause = 4ms;
  options_.look_every = 1ms;
  start(AgentKind::kNgrok);
  ASSERT_TRUE(run_until([this] { return count("again_in_ms\":4}") >= 2; }));
  EXPECT_EQ(count("again_in_ms\":1}"), 1);
  EXPECT_EQ(count("again_in_ms\":2}"), 1);
  EXPECT_EQ(count("again_in_ms\":8}"), 0);
}

TEST_F(TunnelTest, after_a_long_life_the_first_pause_is_enough_again) {
  install("ngrok", "#!/bin/sh\nexit 1\n");
  options_.first_pause = 1ms;
  options_.look_every = 1ms;
  options_.settled_after = 0ms;  // any life was long
  start(AgentKind::kNgrok);
  ASSERT_TRUE(run_until([this] { return count("again_in_ms\":1}") >= 3; }));
  EXPECT_EQ(count("again_in_ms\":2}"), 0);
}

TEST_F(TunnelTest, of_what_an_agent_says_some_lines_are_shown_and_none_with_a_token) {
  install("cloudflared",
          "#!/bin/sh\necho \"ERR $(head -c 5000 /dev/zero | tr '\\0' x)\"\nfor i in $(seq 100); do echo \"ERR odd thing\"; "
          "echo \"ERR token hush$i\"; done\nhead -c 1000000 /dev/zero\n"
          "echo; echo failed to request quick tunnel\nexec sleep 1000\n");
  start(AgentKind::kCloudflared);
  ASSERT_TRUE(logs("no_internet"));  // what came after the flood was read
  EXPECT_EQ(count("the tunnel agent says"), 20);
  EXPECT_THAT(log(), Not(HasSubstr("hush")));
  EXPECT_THAT(log(), AllOf(HasSubstr(std::string(250, 'x')), Not(HasSubstr(std::string(301, 'x')))));
}

TEST_F(TunnelTest, stops_at_once_while_it_waits_to_start_again) {
  install("ngrok", "#!/bin/sh\nexit 1\n");
  options_.first_pause = 24h;
  options_.longest_pause = 24h;
  start(AgentKind::kNgrok);
  ASSERT_TRUE(logs("again_in_ms"));
  stop();
  EXPECT_EQ(restarts(), 0U);
}

}  // namespace
}  // namespace pointsman::tunnel
