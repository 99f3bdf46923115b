// SPDX-License-Identifier: Apache-2.0
//
// tunnel/troubles.h: what can go wrong with a tunnel, in words that say what to do. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tunnel/agent.h"

namespace pointsman::tunnel {

struct Trouble {
  std::string code;       // stable, for log and tests: "no_authtoken", "too_old", ...
  std::string what;       // one sentence
  std::string mend;       // what to do
  bool hopeless = false;  // trying again cannot help before somebody has mended it
};

// What a line of the agent's output tells, when it tells a trouble. Never repeats the line: it may hold an authtoken.
std::optional<Trouble> trouble_in(AgentKind kind, std::string_view line);

Trouble program_missing(AgentKind kind);
Trouble cannot_start(AgentKind kind, const std::string& why);
Trouble agent_ended(AgentKind kind, const std::string& how);
// No public address within `seconds`. `why`: what its interface did instead.
Trouble no_address(AgentKind kind, long long seconds, const std::string& why);
Trouble went_silent(AgentKind kind, long long seconds, const std::string& why);
// The agent's interface tells of another port than ours.
Trouble other_port(AgentKind kind, std::uint16_t theirs, std::uint16_t ours);

}  // namespace pointsman::tunnel
