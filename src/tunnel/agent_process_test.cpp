// SPDX-License-Identifier: Apache-2.0
#include "tunnel/agent_process.h"

#include <cerrno>
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/wait.h>
#include <boost/asio/io_context.hpp>

#include "support/loop.h"
#include "support/temp_dir.h"

namespace pointsman::tunnel {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr std::chrono::milliseconds kGenerous{60'000};

Result<Finished> shell(test::Loop& loop, const std::string& script, std::chrono::milliseconds within = kGenerous,
                       std::vector<std::string> environment = {"PATH=/usr/bin:/bin"}) {
  return loop.wait(run_to_end(loop.io(), "/bin/sh", {"-c", script}, std::move(environment), within));
}

TEST(AgentProcess, gives_both_outputs_and_how_it_ended) {
  test::Loop loop;
  const auto finished = shell(loop, "echo out; echo err >&2; exit 3");
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->output, "out\nerr\n");
  EXPECT_EQ(finished->how, "exit code 3");
  EXPECT_EQ(shell(loop, "kill -9 $$")->how, "signal 9");
}

TEST(AgentProcess, gets_only_the_environment_that_is_given_and_can_be_ended_by_sigterm) {
  std::signal(SIGPIPE, SIG_IGN);  // as the server has it
  test::Loop loop;
  EXPECT_EQ(shell(loop, "echo [$HOME$A]", kGenerous, {"A=b"})->output, "[b]\n");
  EXPECT_THAT(shell(loop, "grep SigIgn /proc/self/status")->output, HasSubstr("0000000000000000"));
}

TEST(AgentProcess, long_output_is_cut) {
  test::Loop loop;
  const auto finished = shell(loop, "head -c 1000000 /dev/zero");
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->output.size(), kMostOutput);
}

TEST(AgentProcess, one_that_takes_too_long_is_killed) {
  test::Loop loop;
  const auto finished = shell(loop, "exec sleep 1000", 100ms);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, Errc::kTimeout);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);  // there is no child any more
  EXPECT_EQ(errno, ECHILD);
}

TEST(AgentProcess, what_is_no_program_is_an_error_in_words) {
  test::Loop loop;
  const auto none = AgentProcess::start(loop.io(), "/nowhere/ngrok", {}, {});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().what, HasSubstr("No such file"));
  const test::TempDir dir;
  std::ofstream(dir.file("text")) << "no program";
  EXPECT_FALSE(AgentProcess::start(loop.io(), dir.file("text"), {}, {}));
}

TEST(AgentProcess, what_it_started_goes_with_it) {
  test::Loop loop;
  const test::TempDir dir;
  ASSERT_TRUE(shell(loop, "sleep 1000 >/dev/null 2>&1 & echo $! > " + dir.file("pid")));
  pid_t child = 0;
  std::ifstream(dir.file("pid")) >> child;
  ASSERT_GT(child, 0);
  // It is init's now; gone, or a zombie until init looks.
  const auto state = [child] {
    std::string word, letter;
    std::ifstream status("/proc/" + std::to_string(child) + "/stat");
    status >> word >> word >> letter;
    return letter;
  };
  const auto deadline = std::chrono::steady_clock::now() + kGenerous;
  while (!state().empty() && state() != "Z" && std::chrono::steady_clock::now() < deadline) sched_yield();
  EXPECT_TRUE(state().empty() || state() == "Z");
}

}  // namespace
}  // namespace pointsman::tunnel
