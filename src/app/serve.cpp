// SPDX-License-Identifier: Apache-2.0
#include "app/serve.h"

#include <csignal>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "app/descriptors.h"
#include "app/serve_tunnel.h"
#include "app/server_parts.h"
#include "app/table.h"

namespace pointsman::app {
namespace {

namespace net = boost::asio;

LogLevel level_of(const std::string& name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "warn") return LogLevel::kWarn;
  if (name == "error") return LogLevel::kError;
  return LogLevel::kInfo;
}

Logger::Form form_of(const std::string& name) {
  if (name == "human") return Logger::Form::kHuman;
  if (name == "json") return Logger::Form::kJson;
  return is_terminal(STDERR_FILENO) ? Logger::Form::kHuman : Logger::Form::kJson;
}

http::ServerOptions server_options(const config::Config& config, const Logger& log) {
  http::ServerOptions options;
  options.address = config.server.address;
  options.port = config.server.port;
  const std::size_t descriptors = raise_descriptor_limit();
  options.max_connections = connections_within(descriptors, config.limits.connections);
  if (options.max_connections < config.limits.connections)
    log.info("fewer connections than configured", {{"connections", options.max_connections}, {"configured", config.limits.connections},
                                                   {"reason", fmt::format("this process may open {} files (ulimit -Hn)", descriptors)}});
  options.max_connections_per_address = config.limits.connections_per_address;
  options.max_body_bytes_total = config.limits.body_bytes_total;
  options.max_header_bytes = config.limits.header_bytes;
  options.max_header_fields = config.limits.header_fields;
  options.header_deadline = config.limits.header_deadline;
  options.body_deadline = config.limits.body_deadline;
  options.idle_deadline = config.limits.idle_deadline;
  options.write_deadline = config.limits.write_deadline;
  options.drain_deadline = config.limits.drain_deadline;
  options.trusted_proxies = config.server.trusted_proxies;
  if (config.server.tls) options.tls = http::TlsOptions{config.server.tls->certificate_file, config.server.tls->key_file};
  return options;
}

// What is open and what is closed, and how to open it: the first thing an operator wants to know.
void print_doors(const config::Config& config, const std::string& url) {
  for (const config::Team& team : config.teams) fmt::print("  POST {}/teams/{}   open to signed Teams messages\n", url, team.name);
  if (config.teams.empty())
    fmt::print("  Teams is closed: set POINTSMAN_TEAMS_SECRET to the webhook's security token, or add [[teams]] to the configuration.\n");
  for (const config::ApiToken& token : config.api_tokens) fmt::print("  {}/v1/tickets   open to the API token \"{}\"\n", url, token.name);
  if (config.api_tokens.empty())
    fmt::print("  REST is closed: set POINTSMAN_API_TOKEN to a long random text, or add [[api_token]] to the configuration.\n");
}

// A terminal that goes ends the server in good order, too, unless it was started to outlive it (nohup).
void add_hangup(net::signal_set& signals) {
  struct sigaction given {};
  if (sigaction(SIGHUP, nullptr, &given) == 0 && given.sa_handler != SIG_IGN) signals.add(SIGHUP);
}

std::string_view name_of(int signal) { return signal == SIGTERM ? "SIGTERM" : signal == SIGINT ? "SIGINT" : "SIGHUP"; }

// A second signal, as a terminal and a script both send one, must not end with its code what has stopped well. Only this thread is left
// when `signals` goes, and with it what keeps a signal from ending the process.
void hold_back_signals() {
  sigset_t those;
  sigemptyset(&those);
  for (const int one : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&those, one);
  pthread_sigmask(SIG_BLOCK, &those, nullptr);
}

// Stops the server at the first signal; then the tunnel, through which the last answers leave.
net::awaitable<void> stop_at_signal(net::signal_set& signals, http::Server& server, tunnel::Tunnel* tunnel, const Logger& log) {
  const int signal = co_await signals.async_wait(net::use_awaitable);
  log.info("stopping", {{"signal", name_of(signal)}});
  co_await server.stop();
  if (tunnel != nullptr) co_await tunnel->stop();
}

}  // namespace

int serve(const Globals& globals, const ServeArgs& args) {
  auto config = load_config(globals);
  if (!config) return kFailed;
  if (!args.listen.empty() && !config::set_listen(args.listen, config->server))
    return report_wrong_use(globals, fmt::format("--listen {}.", config::kListenLooksLike));
  if (const std::string wrong = tunnel_misfit(args, config->server); !wrong.empty()) return report_wrong_use(globals, wrong);
  if (!args.tunnel.empty()) trust_the_agent(config->server);
  std::signal(SIGPIPE, SIG_IGN);
  SystemClock clock;
  const Logger log(STDERR_FILENO, form_of(config->log.form), level_of(config->log.level), clock);
  Metrics metrics;
  net::io_context io(1);
  net::signal_set signals(io, SIGTERM, SIGINT);
  add_hangup(signals);

  auto stores = Stores::open(io, *config, clock, metrics, log);
  if (!stores) return report_failure(globals, stores.error());
  ServerParts parts(*config, **stores, clock, metrics, log);
  auto server = http::Server::open(io, server_options(*config, log), parts.router(), metrics, log);
  if (!server) return report_failure(globals, server.error());

  fmt::print("listening on {}\n", (*server)->url());
  print_doors(*config, (*server)->url());
  if (!config->server.public_url.empty()) print(callback_addresses(*config, config->server.public_url, ""));
  std::fflush(stdout);
  const auto tunnel = open_tunnel(io, args, *config, (*server)->port(), metrics, log);

  net::co_spawn(io, stop_at_signal(signals, **server, tunnel.get(), log), [&io](std::exception_ptr) { io.stop(); });
  io.run();
  hold_back_signals();
  log.info("stopped");
  return kDone;
}

}  // namespace pointsman::app
