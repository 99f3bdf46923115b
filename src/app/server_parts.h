// SPDX-License-Identifier: Apache-2.0
//
// app/server_parts.h: the handlers of one server, wired to its stores. Built once, before anything is served.
//
// The order of the members is the order they are built in; they go in the opposite order.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/stores.h"
#include "config/config.h"
#include "desk/desk.h"
#include "intake/intake.h"
#include "intake/rest/rest.h"
#include "intake/teams/webhook.h"
#include "net/api_guard.h"
#include "net/http_server.h"

namespace pointsman::app {

class ServerParts {
 public:
  // What is given outlives the parts.
  ServerParts(const config::Config& config, Stores& stores, const Clock& clock, Metrics& metrics, const Logger& log);

  // Routes for what has a secret; what has none is closed and answers 404.
  http::Router router();

 private:
  http::net::awaitable<http::Response> metrics_page(http::Request request);
  http::net::awaitable<http::Response> ready(http::Request request);
  void add_rest_routes(http::Router& router);

  const config::Config& config_;
  Stores& stores_;
  Metrics& metrics_;
  http::ApiGuard guard_;
  intake::Intake intake_;
  teams::Webhook webhook_;
  rest::TicketEntrance rest_;
  desk::Desk desk_;
};

}  // namespace pointsman::app
