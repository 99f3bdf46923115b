// SPDX-License-Identifier: Apache-2.0
#include "app/server_parts.h"

#include <algorithm>
#include <array>

namespace pointsman::app {
namespace {

http::BearerTokens bearer_tokens(const config::Config& config) {
  http::BearerTokens tokens;
  for (const config::ApiToken& token : config.api_tokens) tokens.add(token.name, token.token);
  return tokens;
}

std::vector<teams::Team> webhook_teams(const config::Config& config) {
  std::vector<teams::Team> teams;
  for (const config::Team& team : config.teams) {
    teams::Team& made = teams.emplace_back();
    made.name = team.name;
    made.tenants = team.tenants;
    for (const Secret& secret : team.secrets)
      if (auto key = teams::WebhookKey::parse(secret.reveal())) made.keys.push_back(std::move(*key));
  }
  return teams;
}

http::Response text_response(std::string body, std::string type) {
  http::Response response;
  response.body = std::move(body);
  response.content_type = std::move(type);
  return response;
}

// Whether the host that was asked for is this machine under one of its own names: somebody who came through a tunnel asked for
// the tunnel's.
bool is_own_name(std::string_view host) {
  const std::size_t colon = host.ends_with(']') ? host.npos : host.rfind(':');
  const std::string_view name = host.substr(0, colon);
  return name == "127.0.0.1" || name == "localhost" || name == "[::1]";
}

// Whether a request came straight from this machine: nothing brought it here for somebody else, as a proxy or a tunnel's agent
// beside us would.
bool is_local(const http::Request& request) {
  constexpr std::array kSignsOfAnother{"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via",
                                       "cf-connecting-ip", "cf-ray", "true-client-ip", "tailscale-user-login"};
  const bool loopback = request.client.starts_with("127.") || request.client == "::1";
  return loopback && is_own_name(request.header("host")) &&
         std::none_of(kSignsOfAnother.begin(), kSignsOfAnother.end(),
                      [&request](const char* name) { return !request.header(name).empty(); });
}

}  // namespace

ServerParts::ServerParts(const config::Config& config, Stores& stores, const Clock& clock, Metrics& metrics, const Logger& log)
    : config_(config),
      stores_(stores),
      metrics_(metrics),
      guard_(bearer_tokens(config), metrics, log),
      intake_(stores.ledger(), config.rules,
              {config.intake.same_words_window, config.intake.max_message_age, config.limits.storing_deadline}, clock, metrics),
      webhook_(webhook_teams(config),
               {config.intake.reply_as_card, config.limits.messages_per_sender_per_minute,
                config.limits.messages_per_team_per_minute, config.limits.json_depth},
               intake_, clock, metrics, log),
      rest_(guard_, config.rules, config.limits.json_depth, intake_, log),
      desk_(guard_, stores.ledger(), stores.queues()) {}

http::Router ServerParts::router() {
  http::Router router;
  router.add("GET", "/healthz", [](http::Request) -> http::net::awaitable<http::Response> {
    co_return text_response("ok\n", "text/plain");
  });
  router.add("GET", "/readyz", [this](http::Request request) { return ready(std::move(request)); });
  router.add("GET", "/metrics", [this](http::Request request) { return metrics_page(std::move(request)); });
  if (!config_.teams.empty())
    router.add("POST", "/teams/{name}", [this](http::Request request) { return webhook_.handle(std::move(request)); },
               {.max_body = config_.limits.body_bytes});
  if (guard_.is_open()) add_rest_routes(router);
  return router;
}

void ServerParts::add_rest_routes(http::Router& router) {
  router.add("POST", "/v1/tickets", [this](http::Request request) { return rest_.handle(std::move(request)); },
             {.max_body = config_.limits.body_bytes});
  router.add("GET", "/v1/tickets", [this](http::Request request) { return desk_.list(std::move(request)); });
  router.add("GET", "/v1/tickets/{number}", [this](http::Request request) { return desk_.show(std::move(request)); });
  router.add("GET", "/v1/tickets/{number}/history", [this](http::Request request) { return desk_.history(std::move(request)); });
  router.add("GET", "/v1/queues", [this](http::Request request) { return desk_.queues(std::move(request)); });
}

http::net::awaitable<http::Response> ServerParts::ready(http::Request request) {
  const ledger::Health health = stores_.ledger().health();
  if (health.can_write) co_return text_response("ready\n", "text/plain");
  // Why is for the operator: it names files of this machine.
  http::Response response = text_response(is_local(request) ? "not ready: " + health.why + "\n" : "not ready\n", "text/plain");
  response.status = 503;
  response.headers.emplace_back("Retry-After", "5");
  co_return response;
}

http::net::awaitable<http::Response> ServerParts::metrics_page(http::Request request) {
  if (!is_local(request) && guard_.holder(request).empty()) co_return guard_.unauthorized(request);
  for (const desk::NamedQueue& named : stores_.queues()) {
    const auto depth = co_await named.queue.depth();
    if (!depth) {
      metrics_.counter("pointsman_queue_unmeasured_total", "Times a queue could not be measured; its numbers here are older then.",
                       {{"queue", named.name}})
          .add();
      continue;
    }
    const auto gauge = [&](const char* state, std::int64_t value) {
      metrics_.gauge("pointsman_queue_messages", "Messages on a queue by state.", {{"queue", named.name}, {"state", state}}).set(value);
    };
    gauge("visible", depth->visible);
    gauge("in_flight", depth->in_flight);
    gauge("delayed", depth->delayed);
    metrics_.gauge("pointsman_queue_oldest_seconds", "Age of the oldest message on a queue.", {{"queue", named.name}})
        .set(depth->age_of_oldest.count() / 1000);
  }
  metrics_.gauge("pointsman_ready", "1 when tickets can be stored.").set(stores_.ledger().health().can_write ? 1 : 0);
  co_return text_response(metrics_.text(), "text/plain; version=0.0.4");
}

}  // namespace pointsman::app
