// SPDX-License-Identifier: Apache-2.0
//
// tunnel/agent.h: the programs that can give a server on this machine a public https address, and how each is called. Pure, but
// for find_program().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pointsman::tunnel {

enum class AgentKind { kNgrok, kCloudflared };

std::string_view name(AgentKind kind) noexcept;  // also the program's name
std::optional<AgentKind> agent_kind(std::string_view name) noexcept;

// Where the agent brings what comes in: our own server, on loopback.
struct Upstream {
  std::string host = "127.0.0.1";  // or "[::1]"
  std::uint16_t port = 0;
};

// The host through which an agent on this machine reaches a server that listens on `address`; nothing when it does not listen
// on loopback.
std::optional<std::string> upstream_host(std::string_view address);

// The command line after the program's name. `url`: the reserved address to ask for (ngrok), or empty. `metrics_port`: where
// cloudflared shall answer our questions.
std::vector<std::string> arguments(AgentKind kind, const Upstream& upstream, const std::string& url,
                                   std::uint16_t metrics_port);

// The variables of our environment that the agent gets: all but ours, which hold secrets.
std::vector<std::string> agent_environment(const std::vector<std::string>& ours);

// The first executable file of that name in `path` (as $PATH); empty when there is none.
std::string find_program(std::string_view name, std::string_view path);

// Three numbers of a version line such as "ngrok version 3.16.1" or "cloudflared version 2024.8.3 (built ...)".
struct Version {
  int major_number = 0, minor_number = 0, patch = 0;
  friend auto operator<=>(const Version&, const Version&) = default;  // NOLINT(modernize-use-nullptr): a false one of clang-tidy 14
};
std::optional<Version> read_version(std::string_view text);
std::string to_text(const Version& version);

inline constexpr Version kOldestNgrok{3, 16, 0};  // the first that knows --url

}  // namespace pointsman::tunnel
