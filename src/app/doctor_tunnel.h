// SPDX-License-Identifier: Apache-2.0
//
// app/doctor_tunnel.h: what `pointsman doctor --tunnel AGENT` looks at.
#pragma once

#include "app/finding.h"
#include "config/config.h"
#include "tunnel/agent.h"

namespace pointsman::app {

// The program, its version, its own configuration, and an agent that already runs: whether it leads to this server's port.
Findings check_tunnel(tunnel::AgentKind kind, const config::Server& server);

}  // namespace pointsman::app
