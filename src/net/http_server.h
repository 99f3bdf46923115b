// SPDX-License-Identifier: Apache-2.0
//
// net/http_server.h: an HTTP/1.1 server on one I/O loop, for small requests from anywhere on the internet. Knows no tickets.
//
//   http::Router router;
//   router.add("POST", "/teams/{name}", handler, {.max_body = 256 * 1024});
//   auto server = http::Server::open(io, options, std::move(router), metrics, log);
//   ... io.run() ...; server->stop() finishes what is in flight.
//
// Every limit is a member of ServerOptions; reaching one is answered (408, 413, 431, 503), counted in
// pointsman_http_refused_total{reason} and never grows memory.
// Threads: everything on the I/O loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"

namespace boost::asio {
class io_context;
}

namespace pointsman::http {

namespace net = boost::asio;

struct Request {
  std::string method;
  std::string path;   // percent-decoded, without the query
  std::string query;  // raw, without '?'
  std::string body;
  std::string client;  // address of the caller; behind trusted proxies, what they said
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, std::string>> params;  // what the route's {names} matched

  std::string_view header(std::string_view name) const noexcept;  // first of that name, any case; empty when absent
  std::string all(std::string_view name) const;                   // the values of all of that name, joined with ", "
  std::string_view param(std::string_view name) const noexcept;
  // A decoded query parameter; nothing when absent.
  std::optional<std::string> query_param(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";  // left out when the body is empty
  std::vector<std::pair<std::string, std::string>> headers;
};

using Handler = std::function<net::awaitable<Response>(Request)>;

struct RouteOptions {
  std::size_t max_body = 64 * 1024;  // bytes
};

// Finds the handler of a request. A path with no route answers 404, a known path with another method 405 with Allow.
class Router {
 public:
  // `pattern` is a path whose segments may be {name}: one non-empty segment.
  void add(std::string method, std::string pattern, Handler handler, RouteOptions options = {});

  struct Match {
    const Handler* handler = nullptr;  // null: see status
    RouteOptions options;
    int status = 404;   // 404 or 405 when there is no handler
    std::string allow;  // for 405
    std::vector<std::pair<std::string, std::string>> params;
  };
  Match find(std::string_view method, std::string_view path) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> segments;
    Handler handler;
    RouteOptions options;
  };
  std::vector<Route> routes_;
};

struct TlsOptions {
  std::string certificate_file, key_file;  // PEM; read again when either changes on disk
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 5000;  // 0: any free one
  std::size_t max_connections = 20'000;
  std::size_t max_connections_per_address = 1'024;  // 0: no limit; 127.0.0.1, ::1 and trusted proxies are exempt
  std::size_t max_body_bytes_total = 64 * 1024 * 1024;  // of all bodies that are held at once, beyond the first 32 KB of each
  std::size_t max_header_bytes = 16 * 1024;
  std::size_t max_header_fields = 100;
  std::chrono::milliseconds header_deadline{10'000};  // from the first byte of a request to the end of its header; of TLS, to its start
  std::chrono::milliseconds body_deadline{20'000};    // from the end of the headers to the end of the body
  std::chrono::milliseconds idle_deadline{60'000};    // between requests
  std::chrono::milliseconds write_deadline{20'000};   // for the answer to leave
  std::chrono::milliseconds drain_deadline{10'000};   // at stop(): for what is in flight
  std::vector<std::string> trusted_proxies;           // addresses or networks (10.0.0.0/8) whose X-Forwarded-For is believed
  std::optional<TlsOptions> tls;
};

class Server {
 public:
  virtual ~Server() = default;
  // Binds and begins to accept. The error says what to do (port in use, not allowed, no such address, bad certificate).
  static Result<std::unique_ptr<Server>> open(net::io_context& io, ServerOptions options, Router router, Metrics& metrics,
                                              const Logger& log);
  virtual std::string url() const = 0;  // "http://127.0.0.1:5000", with the real port
  virtual std::uint16_t port() const = 0;
  // Stops accepting, closes idle connections, lets requests in flight finish within drain_deadline; returns when all are gone.
  virtual net::awaitable<void> stop() = 0;
};

}  // namespace pointsman::http
