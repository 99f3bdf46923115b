// SPDX-License-Identifier: Apache-2.0
#include "net/http_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "net/connections.h"
#include "net/json_answer.h"
#include "net/networks.h"
#include "net/request_reader.h"
#include "net/response_text.h"
#include "net/tls.h"

namespace pointsman::http {
namespace {

using tcp = net::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kSweepEvery{250};
constexpr std::chrono::milliseconds kPauseWhenNoDescriptors{100};
constexpr std::chrono::seconds kLinger{2};           // for a refused sender to read the answer before the connection goes
constexpr std::size_t kLingerBytes = 1024 * 1024;    // that such a sender may still send
constexpr std::size_t kReadSize = 8 * 1024;          // bytes a read asks for
constexpr int kBacklog = 4096;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

auto awaiting(error_code& failed) { return net::redirect_error(net::use_awaitable, failed); }

Error bind_error(const ServerOptions& options, const error_code& failed) {
  const std::string where = fmt::format("{}:{}", options.address, options.port);
  if (failed == net::error::address_in_use)
    return {Errc::kConflict, fmt::format("{} is in use by another program; stop that one, or choose another port with --listen", where), {}};
  if (failed == net::error::access_denied)
    return {Errc::kDenied, fmt::format("this user may not listen on {}; use a port above 1023, or a proxy in front", where), {}};
  return {Errc::kInvalid, fmt::format("cannot listen on {}: {}; --listen takes an address of this machine", where, failed.message()), {}};
}

class BasicServer final : public Server {
 public:
  BasicServer(net::io_context& io, ServerOptions options, Router router, Networks trusted, std::optional<TlsCertificate> certificate,
              Metrics& metrics, const Logger& log)
      : io_(io),
        options_(std::move(options)),
        router_(std::move(router)),
        trusted_(std::move(trusted)),
        certificate_(std::move(certificate)),
        metrics_(metrics),
        log_(log),
        acceptor_(io),
        sweep_(io),
        connections_(options_.max_connections, options_.max_connections_per_address, metrics) {}

  Result<void> listen() {
    error_code failed;
    const auto address = net::ip::make_address(options_.address == "localhost" ? "127.0.0.1" : options_.address, failed);
    if (failed) return fail(bind_error(options_, failed));
    const tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), failed);
    if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor_.bind(endpoint, failed);
    if (!failed) acceptor_.listen(kBacklog, failed);
    if (failed) return fail(bind_error(options_, failed));
    net::co_spawn(io_, accept_all(), net::detached);
    net::co_spawn(io_, sweep_all(), net::detached);
    return {};
  }

  std::uint16_t port() const override { return acceptor_port_ != 0 ? acceptor_port_ : acceptor_.local_endpoint().port(); }

  std::string url() const override {
    const bool v6 = options_.address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", certificate_ ? "https" : "http", v6 ? "[" : "", options_.address, v6 ? "]" : "", port());
  }

  net::awaitable<void> stop() override {
    acceptor_port_ = port();
    stopping_ = true;
    error_code failed;
    acceptor_.close(failed);
    connections_.close_idle();
    const auto deadline = Steady::now() + options_.drain_deadline;
    net::steady_timer pause(io_);
    while (connections_.size() > 0 && Steady::now() < deadline) {
      pause.expires_after(std::chrono::milliseconds(10));
      co_await pause.async_wait(awaiting(failed));
    }
    connections_.close_all();
    sweep_.cancel();
  }

 private:
  net::awaitable<void> accept_all() {
    net::steady_timer pause(io_);
    while (!stopping_) {
      error_code failed;
      tcp::socket socket = co_await acceptor_.async_accept(awaiting(failed));
      if (stopping_) co_return;
      if (failed) {
        count_refusal(metrics_, "accept_failed");
        log_.warn("cannot accept a connection", {{"kind", "limit"}, {"reason", failed.message()}});
        pause.expires_after(kPauseWhenNoDescriptors);
        co_await pause.async_wait(awaiting(failed));
        continue;
      }
      take(std::move(socket));
    }
  }

  void take(tcp::socket socket) {
    error_code failed;
    const tcp::endpoint peer = socket.remote_endpoint(failed);
    if (failed) return;  // gone already
    const bool exempt = peer.address().is_loopback() || trusted_.contains(peer.address());
    if (!connections_.may_add(peer.address(), exempt)) {
      count_refusal(metrics_, "too_many_connections");
      if (!certificate_) {
        Response busy = error_response(503, "too_many_connections", "Too many connections are open; try again in a second.");
        busy.headers.emplace_back("Retry-After", "1");
        const std::string text = to_text(busy, false, true, date());
        socket.non_blocking(true, failed);
        socket.write_some(net::buffer(text), failed);  // one try: whoever floods us gets no more attention than that
      }
      return;
    }
    socket.set_option(tcp::no_delay(true), failed);
    net::co_spawn(io_, own(std::move(socket)), net::detached);
  }

  // Owns one connection from its first byte to its last.
  net::awaitable<void> own(tcp::socket socket) {
    error_code failed;
    const tcp::endpoint peer = socket.remote_endpoint(failed);
    if (failed) co_return;
    Connection& connection = connections_.add(socket, peer.address());
    try {
      if (certificate_) co_await secure_and_converse(socket, connection);
      else co_await converse(socket, connection);
    } catch (const std::exception& bug) {
      log_.error("a connection ended in a bug", {{"kind", "state"}, {"reason", bug.what()}});
    }
    connections_.remove(connection);
  }

  net::awaitable<void> secure_and_converse(tcp::socket& socket, Connection& connection) {
    const auto context = certificate_->current();
    net::ssl::stream<tcp::socket&> stream(socket, *context);
    expect(connection, "header", options_.header_deadline);
    error_code failed;
    co_await stream.async_handshake(net::ssl::stream_base::server, awaiting(failed));
    if (failed) co_return;
    co_await converse(stream, connection);
    expect(connection, "close", kLinger);
    if (socket.is_open()) co_await stream.async_shutdown(awaiting(failed));
  }

  template <class Stream>
  net::awaitable<void> converse(Stream& stream, Connection& connection) {
    std::string buffer;  // what came and is not used yet
    while (!stopping_) {
      if (buffer.empty()) {
        expect(connection, "idle", options_.idle_deadline);
        if (!co_await read_some(stream, buffer)) co_return;
      }
      connection.busy = true;
      const bool go_on = co_await serve_one(stream, connection, buffer);
      connection.busy = false;
      if (!go_on) co_return;
      if (buffer.empty()) buffer.shrink_to_fit();  // ten thousand idle connections should cost little
    }
  }

  // Reads and answers one request; whether the connection can take another.
  template <class Stream>
  net::awaitable<bool> serve_one(Stream& stream, Connection& connection, std::string& buffer) {
    RequestReader reader(options_.max_header_bytes);
    using State = RequestReader::State;
    expect(connection, "header", options_.header_deadline);
    Router::Match match;
    for (;;) {
      std::size_t used = 0;
      const State state = reader.feed(buffer, used);
      buffer.erase(0, used);
      if (state == State::kBad) co_return co_await refuse(stream, connection, reader.status(), reader.reason());
      if (state == State::kDone) break;
      if (state == State::kHeader) {
        match = router_.find(reader.method() == "HEAD" ? "GET" : reader.method(), reader.path());
        reader.set_max_body(match.options.max_body);
        expect(connection, "body", options_.body_deadline);
        error_code failed;
        if (reader.wants_continue()) co_await net::async_write(stream, net::buffer(kContinue), awaiting(failed));
        continue;  // a request without a body is complete with its header
      }
      if (!co_await read_some(stream, buffer)) co_return false;
    }
    connection.deadline = Steady::time_point::max();  // handlers keep their own
    const bool keep_alive = reader.keep_alive() && !stopping_;
    Request request = reader.take();
    const bool with_body = request.method != "HEAD";
    const Response response = co_await answer(match, std::move(request), connection);
    const std::string text = to_text(response, keep_alive && !stopping_, with_body, date());
    co_return co_await write(stream, connection, text) && keep_alive;
  }

  net::awaitable<Response> answer(Router::Match& match, Request request, const Connection& connection) {
    if (match.handler == nullptr) {
      const char* reason = match.status == 405 ? "wrong_method" : "no_such_path";
      count_refusal(metrics_, reason);
      log_.warn("refused", {{"kind", "requester"}, {"reason", reason}, {"status", match.status}, {"client", connection.peer.to_string()}});
      Response none = match.status == 405 ? error_response(405, "wrong_method", "This path takes: " + match.allow + ".")
                                          : error_response(404, "not_found", "There is nothing at this path.");
      if (match.status == 405) none.headers.emplace_back("Allow", match.allow);
      co_return none;
    }
    request.client = client_of(connection.peer, request.header("x-forwarded-for"), trusted_);
    request.params = std::move(match.params);
    std::exception_ptr bug;
    try {
      co_return co_await (*match.handler)(std::move(request));
    } catch (const std::exception& thrown) {
      log_.error("a request ended in a bug", {{"kind", "state"}, {"reason", thrown.what()}});
    }
    co_return error_response(500, "internal", "Something went wrong on our side; the log has it.");
  }

  // Answers what is no proper request, and closes so that the sender can still read the answer.
  template <class Stream>
  net::awaitable<bool> refuse(Stream& stream, Connection& connection, int status, std::string_view reason) {
    count_refusal(metrics_, reason);
    log_.warn("refused", {{"kind", status == 413 || status == 431 ? "limit" : "requester"}, {"reason", reason},
                          {"client", connection.peer.to_string()}});
    const Response response = error_response(status, reason, "The request is not one this server takes.");
    if (!co_await write(stream, connection, to_text(response, false, true, date()))) co_return false;
    expect(connection, "close", kLinger);
    error_code failed;
    connection.socket->shutdown(tcp::socket::shutdown_send, failed);
    std::string rest;
    for (std::size_t total = 0; total < kLingerBytes;) {
      rest.clear();
      if (!co_await read_some(stream, rest)) break;
      total += rest.size();
    }
    co_return false;
  }

  template <class Stream>
  net::awaitable<bool> read_some(Stream& stream, std::string& buffer) {
    const std::size_t before = buffer.size();
    buffer.resize(before + kReadSize);
    error_code failed;
    const std::size_t n = co_await stream.async_read_some(net::buffer(buffer.data() + before, kReadSize), awaiting(failed));
    buffer.resize(before + n);
    co_return !failed && n > 0;
  }

  template <class Stream>
  net::awaitable<bool> write(Stream& stream, Connection& connection, const std::string& text) {
    expect(connection, "write", options_.write_deadline);
    error_code failed;
    co_await net::async_write(stream, net::buffer(text), awaiting(failed));
    co_return !failed;
  }

  static void expect(Connection& connection, const char* what, std::chrono::milliseconds within) {
    connection.waiting_for = what;
    connection.deadline = Steady::now() + within;
  }

  net::awaitable<void> sweep_all() {
    while (!stopping_) {
      error_code cancelled;
      sweep_.expires_after(kSweepEvery);
      co_await sweep_.async_wait(awaiting(cancelled));
      connections_.close_expired(Steady::now());
      if (certificate_) certificate_->look_again(log_);
    }
  }

  const std::string& date() {
    const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    if (now != date_of_) date_ = format_date(date_of_ = now);
    return date_;
  }

  net::io_context& io_;
  ServerOptions options_;
  Router router_;
  Networks trusted_;
  std::optional<TlsCertificate> certificate_;
  Metrics& metrics_;
  const Logger& log_;
  tcp::acceptor acceptor_;
  std::uint16_t acceptor_port_ = 0;
  net::steady_timer sweep_;
  Connections connections_;
  bool stopping_ = false;
  std::int64_t date_of_ = 0;
  std::string date_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::open(net::io_context& io, ServerOptions options, Router router, Metrics& metrics,
                                             const Logger& log) {
  Result<Networks> trusted = Networks::parse(options.trusted_proxies);
  if (!trusted) return fail(trusted.error());
  std::optional<TlsCertificate> certificate;
  if (options.tls) {
    Result<TlsCertificate> loaded = TlsCertificate::load(*options.tls);
    if (!loaded) return fail(loaded.error());
    certificate = std::move(*loaded);
  }
  auto server = std::make_unique<BasicServer>(io, std::move(options), std::move(router), std::move(*trusted), std::move(certificate),
                                              metrics, log);
  if (auto listening = server->listen(); !listening) return fail(listening.error());
  return server;
}

}  // namespace pointsman::http
