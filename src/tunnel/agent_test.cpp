// SPDX-License-Identifier: Apache-2.0
#include "tunnel/agent.h"

#include <fstream>

#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace pointsman::tunnel {
namespace {

using ::testing::ElementsAre;

TEST(Agent, ngrok_is_called_with_our_port_and_a_log_that_can_be_read) {
  EXPECT_THAT(arguments(AgentKind::kNgrok, {"127.0.0.1", 5000}, "", 0),
              ElementsAre("http", "5000", "--log", "stdout", "--log-format", "json"));
  EXPECT_THAT(
      arguments(AgentKind::kNgrok, {"[::1]", 5000}, "https://a.ngrok.app", 0),
      ElementsAre("http", "http://[::1]:5000", "--log", "stdout", "--log-format", "json", "--url", "https://a.ngrok.app"));
}

TEST(Agent, cloudflared_is_called_with_our_port_and_one_for_its_answers) {
  EXPECT_THAT(arguments(AgentKind::kCloudflared, {"127.0.0.1", 5000}, "", 20241),
              ElementsAre("tunnel", "--url", "http://127.0.0.1:5000", "--metrics", "127.0.0.1:20241"));
}

TEST(Agent, reaches_only_a_server_that_listens_on_loopback) {
  EXPECT_EQ(upstream_host("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(upstream_host("localhost"), "127.0.0.1");
  EXPECT_EQ(upstream_host("0.0.0.0"), "127.0.0.1");
  EXPECT_EQ(upstream_host("127.0.0.9"), "127.0.0.9");
  EXPECT_EQ(upstream_host("::1"), "[::1]");
  EXPECT_EQ(upstream_host("::"), "[::1]");
  EXPECT_EQ(upstream_host("10.0.0.5"), std::nullopt);
}

TEST(Agent, does_not_get_our_own_variables) {
  EXPECT_THAT(agent_environment({"HOME=/root", "POINTSMAN_TEAMS_SECRET=s", "POINTSMAN_API_TOKEN=t", "NGROK_AUTHTOKEN=n"}),
              ElementsAre("HOME=/root", "NGROK_AUTHTOKEN=n"));
}

TEST(Agent, is_the_first_executable_file_of_its_name_on_the_path) {
  const test::TempDir dir;
  for (const char* folder : {"a", "b", "c", "d"}) std::filesystem::create_directory(dir.file(folder));
  std::filesystem::create_directory(dir.file("a/ngrok"));  // a folder is no program
  std::ofstream(dir.file("b/ngrok")) << "not executable";
  for (const char* name : {"c/ngrok", "d/ngrok"}) {
    std::ofstream(dir.file(name)) << "#!/bin/sh\n";
    std::filesystem::permissions(dir.file(name), std::filesystem::perms::owner_all);
  }
  const std::string path =
      dir.file("nowhere") + "::" + dir.file("a") + ":" + dir.file("b") + ":" + dir.file("c") + ":" + dir.file("d");
  EXPECT_EQ(find_program("ngrok", path), dir.file("c/ngrok"));
  EXPECT_EQ(find_program("cloudflared", path), "");
  EXPECT_EQ(find_program("ngrok", ""), "");
}

TEST(Agent, version_lines_are_read_and_compared_by_number) {
  EXPECT_EQ(read_version("ngrok version 3.16.1\n"), (Version{3, 16, 1}));
  EXPECT_EQ(read_version("cloudflared version 2024.8.3 (built 2024-08-26-1144 UTC)"), (Version{2024, 8, 3}));
  EXPECT_EQ(read_version("3.9"), (Version{3, 9, 0}));
  for (const char* none : {"", "ngrok", "ngrok version 3", "99999999999.1"})
    EXPECT_EQ(read_version(none), std::nullopt) << none;
  EXPECT_LT((Version{3, 9, 9}), kOldestNgrok);
  EXPECT_FALSE((Version{3, 16, 0}) < kOldestNgrok);
}

}  // namespace
}  // namespace pointsman::tunnel
