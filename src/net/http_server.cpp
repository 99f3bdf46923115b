// SPDX-License-Identifier: Apache-2.0
#include "net/http_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <openssl/sslerr.h>

#include "net/conversation.h"
#include "net/tls.h"

namespace pointsman::http {
namespace {

using tcp = net::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kSweepEvery{250};
constexpr std::chrono::milliseconds kPauseWhenNoDescriptors{100};
constexpr std::chrono::milliseconds kPauseWhileDraining{10};
constexpr std::chrono::milliseconds kPatienceAfterClosing{500};  // for the conversations to notice that they were closed
constexpr std::chrono::seconds kFarewell{1};                     // for one too many to read that it is, and for the end of TLS
constexpr std::chrono::seconds kTellFloodEvery{1};
constexpr std::size_t kMostFarewells = 256;  // at once; whoever floods us gets no more attention than that
constexpr int kBacklog = 4096;

// Comes from this machine itself, as do a tunnel's agent and a proxy beside us, which bring everybody's requests.
bool is_this_machine(const net::ip::address& peer) {
  return peer == net::ip::address_v4::loopback() || peer == net::ip::address_v6::loopback();
}

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
        state_(std::move(options), std::move(router), std::move(trusted), metrics, log),
        certificate_(std::move(certificate)),
        acceptor_(io),
        sweep_(io),
        connections_(std::make_shared<Connections>(state_.options.max_connections, state_.options.max_connections_per_address, metrics)) {}

  Result<void> listen() {
    const ServerOptions& options = state_.options;
    error_code failed;
    const auto address = net::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, failed);
    if (failed) return fail(bind_error(options, failed));
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), failed);
    if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor_.bind(endpoint, failed);
    if (!failed) acceptor_.listen(kBacklog, failed);
    if (failed) return fail(bind_error(options, failed));
    port_ = acceptor_.local_endpoint().port();
    net::co_spawn(io_, accept_all(), net::detached);
    net::co_spawn(io_, sweep_all(), net::detached);
    return {};
  }

  std::uint16_t port() const override { return port_; }

  std::string url() const override {
    const std::string& address = state_.options.address;
    const bool v6 = address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", certificate_ ? "https" : "http", v6 ? "[" : "", address, v6 ? "]" : "", port());
  }

  net::awaitable<void> stop() override {
    state_.stopping = true;
    error_code failed;
    acceptor_.close(failed);
    connections_->close_idle();
    co_await wait_for_none(state_.options.drain_deadline);
    connections_->close_all();
    co_await wait_for_none(kPatienceAfterClosing);
    stopped_ = true;
    sweep_.cancel();
  }

 private:
  net::awaitable<void> wait_for_none(std::chrono::milliseconds most) {
    const auto deadline = Steady::now() + most;
    net::steady_timer pause(io_);
    error_code failed;
    while (!connections_->none() && Steady::now() < deadline) {
      pause.expires_after(kPauseWhileDraining);
      co_await pause.async_wait(awaiting(failed));
    }
  }

  net::awaitable<void> accept_all() {
    net::steady_timer pause(io_);
    bool failing = false;
    while (!state_.stopping) {
      error_code failed;
      tcp::socket socket = co_await acceptor_.async_accept(awaiting(failed));
      if (state_.stopping) co_return;
      if (failed) {
        count_refusal(state_.metrics, "accept_failed");
        if (!failing) state_.log.error("cannot accept connections", {{"kind", "limit"}, {"reason", failed.message()}});
        failing = true;
        pause.expires_after(kPauseWhenNoDescriptors);
        co_await pause.async_wait(awaiting(failed));
        continue;
      }
      if (failing) state_.log.info("accepting connections again");
      failing = false;
      take(std::move(socket));
    }
  }

  void take(tcp::socket socket) {
    error_code failed;
    const net::ip::address peer = plain(socket.remote_endpoint(failed).address());
    if (failed) return;  // gone already
    socket.non_blocking(true, failed);
    if (!failed) socket.set_option(tcp::no_delay(true), failed);
    const bool exempt = is_this_machine(peer) || state_.trusted.contains(peer);
    const Connections::Room room = connections_->room_for(peer, exempt);
    if (room == Connections::Room::kYes) return net::co_spawn(io_, own(std::move(socket)), net::detached);
    turn_away(std::move(socket), room, peer);
  }

  // A flood of these is told once a second.
  void turn_away(tcp::socket socket, Connections::Room room, const net::ip::address& peer) {
    const char* reason = room == Connections::Room::kFull ? "too_many_connections" : "too_many_connections_from_address";
    count_refusal(state_.metrics, reason);
    ++turned_away_;
    if (const auto now = Steady::now(); now >= tell_flood_at_) {
      tell_flood_at_ = now + kTellFloodEvery;
      state_.log.warn("refused", {{"kind", "limit"}, {"reason", reason}, {"client", peer.to_string()}, {"connections", turned_away_}});
      turned_away_ = 0;
    }
    if (!certificate_ && connections_->uncounted() < kMostFarewells) net::co_spawn(io_, say_busy(std::move(socket), reason), net::detached);
  }

  // Lets one too many know, and read it: closing with its request unread would take the answer away from it again.
  net::awaitable<void> say_busy(tcp::socket socket, std::string_view reason) {
    Connections::Place connection(connections_, socket, false);
    (*connection).expect(Wait::kClose, kFarewell);
    Response busy = error_response(503, reason, "Too many connections are open; try again in a second.");
    busy.headers.emplace_back("Retry-After", "1");
    const std::string text = to_text(busy, false, true, state_.date());
    error_code failed;
    co_await net::async_write(socket, net::buffer(text), awaiting(failed));
    if (!failed) socket.shutdown(tcp::socket::shutdown_send, failed);
    while (!failed && !(*connection).expired) {
      co_await socket.async_wait(tcp::socket::wait_read, awaiting(failed));
      if (!failed) socket.read_some(net::buffer(state_.scratch), failed);
      if (failed == net::error::would_block) failed = {};
    }
  }

  // Owns one connection from its first byte to its last.
  net::awaitable<void> own(tcp::socket socket) {
    Connections::Place connection(connections_, socket, true);
    try {
      if (certificate_) co_await secure_and_converse(socket, *connection);
      else co_await converse(socket, *connection);
    } catch (const std::exception& bug) {
      state_.log.error("a connection ended in a bug", {{"kind", "state"}, {"reason", bug.what()}});
    }
  }

  template <class Stream>
  net::awaitable<void> converse(Stream& stream, Connection& connection) {
    Conversation<Stream> conversation(state_, stream, connection);
    co_await conversation.hold();
  }

  net::awaitable<void> secure_and_converse(tcp::socket& socket, Connection& connection) {
    const auto context = certificate_->current();
    using Secured = net::ssl::stream<tcp::socket&>;
    Secured stream(socket, *context);
    connection.expect(Wait::kHandshake, state_.options.header_deadline);
    error_code failed;
    co_await stream.async_handshake(net::ssl::stream_base::server, awaiting(failed));
    if (failed || connection.expired) co_return co_await refuse_handshake(socket, connection, failed);
    co_await converse(stream, connection);
    if (!socket.is_open()) co_return;
    connection.expect(Wait::kClose, kFarewell);
    co_await stream.async_shutdown(awaiting(failed));
  }

  net::awaitable<void> refuse_handshake(tcp::socket& socket, Connection& connection, error_code failed) {
    const std::string client = connection.peer.to_string();
    if (connection.expired) co_return state_.refuse("timeout_handshake", 408, client);
    if (state_.stopping || failed == net::error::eof || failed == net::ssl::error::stream_truncated) co_return;  // it left
    const bool is_http = failed.category() == net::error::get_ssl_category() &&
                         ERR_GET_REASON(static_cast<unsigned long>(failed.value())) == SSL_R_HTTP_REQUEST;
    if (!is_http) co_return state_.refuse("bad_handshake", 400, client);
    state_.refuse("http_to_https", 400, client);
    connection.expect(Wait::kWrite, kFarewell);
    const std::string text = to_text(error_response(400, "http_to_https", "This port speaks https; the address must begin with https://."),
                                     false, true, state_.date());
    co_await net::async_write(socket, net::buffer(text), awaiting(failed));
  }

  net::awaitable<void> sweep_all() {
    while (!stopped_) {
      error_code cancelled;
      sweep_.expires_after(kSweepEvery);
      co_await sweep_.async_wait(awaiting(cancelled));
      connections_->wake_expired(Steady::now());
      if (certificate_ && !stopped_) certificate_->look_again(state_.log);
    }
  }

  net::io_context& io_;
  ServerState state_;
  std::optional<TlsCertificate> certificate_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  net::steady_timer sweep_;
  std::shared_ptr<Connections> connections_;
  bool stopped_ = false;
  std::int64_t turned_away_ = 0;
  Steady::time_point tell_flood_at_{};
};

}  // namespace

Result<std::unique_ptr<Server>> Server::open(net::io_context& io, ServerOptions options, Router router, Metrics& metrics,
                                             const Logger& log) {
  Result<Networks> trusted = Networks::parse(options.trusted_proxies);
  if (!trusted) return fail(trusted.error());
  std::optional<TlsCertificate> certificate;
  if (options.tls) {
    Result<TlsCertificate> loaded = TlsCertificate::load(*options.tls, metrics);
    if (!loaded) return fail(loaded.error());
    certificate = std::move(*loaded);
  }
  auto server = std::make_unique<BasicServer>(io, std::move(options), std::move(router), std::move(*trusted), std::move(certificate),
                                              metrics, log);
  if (auto listening = server->listen(); !listening) return fail(listening.error());
  return server;
}

}  // namespace pointsman::http
