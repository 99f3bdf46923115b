// SPDX-License-Identifier: Apache-2.0
//
// app/serve_tunnel.h: what `serve --tunnel` adds to `serve`: a public address, and what to paste into Teams.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/serve.h"
#include "config/config.h"
#include "tunnel/tunnel.h"

namespace pointsman::app {

// Why the tunnel options do not fit together or to the server; empty when they do.
std::string tunnel_misfit(const ServeArgs& args, const config::Server& server);

// Believes what the agent, which calls from loopback, says about who calls (docs/decisions/tunnel-loopback.md).
void trust_the_agent(config::Server& server);

// The callback address of every team below a public address, ready to paste. `before`: the address that it replaces, or empty.
std::string callback_addresses(const config::Config& config, const std::string& url, const std::string& before);

// Started, or null when no tunnel was asked for. What is given outlives it.
std::unique_ptr<tunnel::Tunnel> open_tunnel(boost::asio::io_context& io, const ServeArgs& args, const config::Config& config,
                                            std::uint16_t port, Metrics& metrics, const Logger& log);

}  // namespace pointsman::app
