// SPDX-License-Identifier: Apache-2.0
//
// desk/desk.h: the agents' side over REST: what is filed, and what lies on which queue. docs/openapi.yaml describes it.
//
//   GET /v1/tickets                    a page, newest first; status, priority, category, q, after, limit
//   GET /v1/tickets/NUMBER             one ticket
//   GET /v1/tickets/NUMBER/history     all its changes
//   GET /v1/queues                     every queue with its depth and age
//
// Threads: the I/O loop.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "net/api_guard.h"
#include "net/http_server.h"
#include "queue/queue.h"

namespace pointsman::desk {

struct NamedQueue {
  std::string name;
  queue::Queue& queue;
};

class Desk {
 public:
  // All outlive the desk.
  Desk(const http::ApiGuard& guard, ledger::Ledger& ledger, std::vector<NamedQueue> queues);

  http::net::awaitable<http::Response> list(http::Request request);
  http::net::awaitable<http::Response> show(http::Request request);
  http::net::awaitable<http::Response> history(http::Request request);
  http::net::awaitable<http::Response> queues(http::Request request);

 private:
  bool allowed(const http::Request& request) const { return !guard_.holder(request).empty(); }
  http::Response no_such_ticket(const http::Request& request) const;

  const http::ApiGuard& guard_;
  ledger::Ledger& ledger_;
  std::vector<NamedQueue> queues_;
};

}  // namespace pointsman::desk
