// SPDX-License-Identifier: Apache-2.0
#include "app/doctor_tunnel.h"

#include <chrono>
#include <cstdlib>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>

#include "app/wait_for.h"
#include "tunnel/agent_process.h"
#include "tunnel/answers.h"
#include "tunnel/local_get.h"
#include "tunnel/troubles.h"

namespace pointsman::app {
namespace {

using tunnel::AgentKind;
using tunnel::Interface;

constexpr std::chrono::milliseconds kProgramWithin{10'000};  // for `ngrok version` and the like
constexpr std::uint16_t kNgrokPort = 4040;
constexpr std::uint16_t kFirstCloudflaredPort = 20241, kLastCloudflaredPort = 20245;

Result<tunnel::Finished> run(const std::string& program, std::vector<std::string> arguments) {
  boost::asio::io_context io;
  return wait_for(io, tunnel::run_to_end(io, program, std::move(arguments),
                                         tunnel::agent_environment(tunnel::our_environment()), kProgramWithin));
}

Result<tunnel::LocalAnswer> ask(std::uint16_t port, const std::string& path) {
  boost::asio::io_context io;
  return wait_for(io, tunnel::local_get(io, Interface{false, port}, path));
}

Finding from(const tunnel::Trouble& trouble) { return {Grade::kFault, "tunnel", trouble.what, trouble.mend}; }

Finding check_version(AgentKind kind, const std::string& program) {
  const auto finished = run(program, {"version"});
  const auto version = finished ? tunnel::read_version(finished->output) : std::nullopt;
  if (!version)
    return {Grade::kFault, "tunnel", fmt::format("{} does not tell its version", program),
            fmt::format("Try `{} version` by hand; install it anew if that fails.", program)};
  const std::string what = fmt::format("{}, version {}", program, to_text(*version));
  if (kind == AgentKind::kNgrok && *version < tunnel::kOldestNgrok)
    return {Grade::kFault, "tunnel", what + ": too old for --tunnel-url, and soon for its service",
            fmt::format("Update it to {} or later: ngrok update", to_text(tunnel::kOldestNgrok))};
  return {Grade::kGood, "tunnel", what, ""};
}

// Ngrok's own check of its configuration file; says nothing about whether its service takes the authtoken.
Finding check_ngrok_configuration(const std::string& program) {
  const auto finished = run(program, {"config", "check"});
  if (finished && finished->how == "exit code 0") return {Grade::kGood, "tunnel", "ngrok finds its configuration valid", ""};
  const auto trouble = finished ? tunnel::trouble_in(AgentKind::kNgrok, finished->output) : std::nullopt;
  if (trouble) return from(*trouble);
  return {Grade::kFault, "tunnel", "ngrok finds its own configuration missing or faulty",
          "Run: ngrok config check. With no configuration yet: ngrok config add-authtoken TOKEN"};
}

Finding not_running(AgentKind kind) {
  return {Grade::kGood, "tunnel", fmt::format("no {0} runs now; `pointsman serve --tunnel {0}` starts it", name(kind)), ""};
}

Finding check_running_ngrok(std::uint16_t port) {
  auto answer = ask(kNgrokPort, "/api/endpoints");
  if (!answer && answer.error().code == Errc::kUnavailable) return not_running(AgentKind::kNgrok);
  Result<std::vector<tunnel::Route>> routes = fail(Errc::kInvalid, "");
  if (answer && answer->status == 200) routes = tunnel::read_endpoints(answer->body);
  if (!routes) answer = ask(kNgrokPort, "/api/tunnels");
  if (!routes && answer && answer->status == 200) routes = tunnel::read_tunnels(answer->body);
  if (!routes)
    return {Grade::kWarning, "tunnel", fmt::format("what listens on 127.0.0.1:{} is no ngrok", kNgrokPort),
            fmt::format("See who it is: ss -ltnp 'sport = :{}'", kNgrokPort)};
  if (const tunnel::Route* ours = tunnel::route_to(*routes, port))
    return {Grade::kGood, "tunnel", fmt::format("{} leads to port {}", ours->url, port), ""};
  for (const tunnel::Route& route : *routes)
    if (route.port != 0) return from(tunnel::other_port(AgentKind::kNgrok, route.port, port));
  return {Grade::kWarning, "tunnel", "an ngrok runs but has no public address",
          "Look at what it says, or stop it: Pointsman starts its own."};
}

Finding check_running_cloudflared() {
  for (std::uint16_t at = kFirstCloudflaredPort; at <= kLastCloudflaredPort; ++at) {
    const auto answer = ask(at, "/quicktunnel");
    if (!answer || answer->status != 200) continue;
    const auto url = tunnel::read_quick_tunnel(answer->body);
    if (url && !url->empty())
      return {Grade::kGood, "tunnel", fmt::format("a cloudflared runs at {} (it does not tell for which port)", *url), ""};
  }
  return not_running(AgentKind::kCloudflared);
}

}  // namespace

Findings check_tunnel(AgentKind kind, const config::Server& server) {
  const char* path = std::getenv("PATH");
  const std::string program = tunnel::find_program(name(kind), path != nullptr ? path : "");
  if (program.empty()) return {from(tunnel::program_missing(kind))};
  Findings findings{check_version(kind, program)};
  if (!tunnel::upstream_host(server.address))
    findings.push_back({Grade::kFault, "tunnel",
                        "the server listens on " + server.address + ", where no agent on this machine looks",
                        "Set [server] listen to 127.0.0.1:" + std::to_string(server.port) + "."});
  if (server.tls)
    findings.push_back({Grade::kFault, "tunnel", "[server.tls] is set; a tunnel brings its own https",
                        "Leave [server.tls] out, or serve without --tunnel."});
  if (kind == AgentKind::kNgrok) {
    findings.push_back(check_ngrok_configuration(program));
    findings.push_back(check_running_ngrok(server.port));
  } else {
    findings.push_back(check_running_cloudflared());
  }
  return findings;
}

}  // namespace pointsman::app
