// SPDX-License-Identifier: Apache-2.0
//
// bench_bare_server: what Beast can do at most on one thread: reads a request, checks its HMAC, answers a fixed Activity. No coroutines,
// no timers, no limits, no log, no storage. Prints the port it listens on.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "intake/teams/signature.h"

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using net::ip::tcp;
using pointsman::teams::WebhookKey;

// As long as the one that a filed ticket gets.
constexpr const char* kActivity =
    R"({"type":"message","textFormat":"markdown","text":"✅ Filed as **#1042** on the queue **medium**.\n\nPriority: medium. )"
    R"(To see how it stands, write `status #1042`."})";

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const WebhookKey& key) : socket_(std::move(socket)), key_(key) {}

  void read() {
    parser_.emplace();
    http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](beast::error_code failed, std::size_t) {
      if (!failed) self->answer();
    });
  }

 private:
  void answer() {
    const http::request<http::string_body>& request = parser_->get();
    const auto authorization = request[http::field::authorization];
    const bool genuine = key_.signed_by(request.body(), {authorization.data(), authorization.size()});
    response_ = {};
    response_.result(genuine ? http::status::ok : http::status::unauthorized);
    response_.keep_alive(request.keep_alive());
    if (genuine) {
      response_.set(http::field::content_type, "application/json");
      response_.body() = kActivity;
    }
    response_.prepare_payload();
    http::async_write(socket_, response_, [self = shared_from_this()](beast::error_code failed, std::size_t) {
      if (!failed && self->response_.keep_alive()) self->read();
    });
  }

  tcp::socket socket_;
  const WebhookKey& key_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
};

void accept(tcp::acceptor& acceptor, const WebhookKey& key) {
  acceptor.async_accept([&acceptor, &key](beast::error_code failed, tcp::socket socket) {
    if (!failed) {
      socket.set_option(tcp::no_delay(true));
      std::make_shared<Session>(std::move(socket), key)->read();
    }
    accept(acceptor, key);
  });
}

}  // namespace

int main() {
  const char* secret = std::getenv("POINTSMAN_TEAMS_SECRET");
  const auto key = WebhookKey::parse(secret != nullptr ? secret : "");
  if (!key) {
    fmt::print(stderr, "bench_bare_server: POINTSMAN_TEAMS_SECRET: {}\n", key.error().what);
    return 1;
  }
  net::io_context io(1);
  tcp::acceptor acceptor(io, tcp::endpoint(net::ip::address_v4::loopback(), 0));
  fmt::print("listening on {}\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  accept(acceptor, *key);
  io.run();
}
