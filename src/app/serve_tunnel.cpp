// SPDX-License-Identifier: Apache-2.0
#include "app/serve_tunnel.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "app/globals.h"

namespace pointsman::app {

std::string tunnel_misfit(const ServeArgs& args, const config::Server& server) {
  if (args.tunnel.empty()) return args.tunnel_url.empty() ? "" : "--tunnel-url needs --tunnel ngrok";
  if (!args.tunnel_url.empty() && args.tunnel != "ngrok")
    return "--tunnel-url is for ngrok; a quick tunnel of cloudflared has a new name each time";
  const std::string asked = args.tunnel_url.starts_with("https://") ? args.tunnel_url : "https://" + args.tunnel_url;
  if (!args.tunnel_url.empty() && !tunnel::is_public_address(asked))
    return "--tunnel-url is an address such as https://name.ngrok-free.app, without a path";
  if (server.tls)
    return "--tunnel brings its own https; leave [server.tls] out of the configuration, or serve without --tunnel";
  if (!tunnel::upstream_host(server.address))
    return fmt::format("--tunnel needs a server on loopback, and this one is to listen on {}; say --listen 127.0.0.1:{}",
                       server.address, server.port);
  return "";
}

void trust_the_agent(config::Server& server) {
  server.trusted_proxies.emplace_back("127.0.0.0/8");
  server.trusted_proxies.emplace_back("::1");
}

std::string callback_addresses(const config::Config& config, const std::string& url, const std::string& before) {
  const std::string base = url.ends_with('/') ? url.substr(0, url.size() - 1) : url;
  std::string block = "\n";
  if (before.empty()) {
    block += "From the internet this server is " + base + "\n";
  } else {
    block += fmt::format("*** THE PUBLIC ADDRESS HAS CHANGED ***\n    before: {}\n    now:    {}\n", before, base);
    block += "Until the new address stands in Teams, no message arrives.\n";
  }
  for (const config::Team& team : config.teams)
    block += fmt::format("Teams callback address for team \"{}\": {}/teams/{}\n", team.name, base, team.name);
  if (config.teams.empty()) block += fmt::format("Teams callback address once Teams is open: {}/teams/default\n", base);
  block += "Paste it into the team's outgoing webhook (docs/teams.md).\n\n";
  return block;
}

std::unique_ptr<tunnel::Tunnel> open_tunnel(boost::asio::io_context& io, const ServeArgs& args, const config::Config& config,
                                            std::uint16_t port, Metrics& metrics, const Logger& log) {
  const auto kind = tunnel::agent_kind(args.tunnel);
  if (!kind) return nullptr;
  tunnel::Options options;
  options.kind = *kind;
  options.upstream = {tunnel::upstream_host(config.server.address).value_or("127.0.0.1"), port};
  if (!args.tunnel_url.empty())
    options.url = args.tunnel_url.starts_with("https://") ? args.tunnel_url : "https://" + args.tunnel_url;
  if (const char* path = std::getenv("PATH"); path != nullptr) options.program_path = path;
  const auto announce = [&config](const std::string& url, const std::string& before) {
    print(callback_addresses(config, url, before));
    std::fflush(stdout);
  };
  auto made = std::make_unique<tunnel::Tunnel>(io, std::move(options), announce, metrics, log);
  made->start();
  return made;
}

}  // namespace pointsman::app
