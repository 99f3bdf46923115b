// SPDX-License-Identifier: Apache-2.0
//
// net/conversation.h: what is said on one connection: requests are read, answered one after the other, and refused where they are no
// proper ones. `Stream` is a socket, or TLS around one.
//
// Memory: between requests a plain connection holds no buffer at all; while one is read, at most its unfinished header line and what
// the last read brought, beside the body itself. A read brings 16 KB, or what the body still lacks; what bodies hold together is
// limited (BodyShare).
// Threads: the I/O loop.
#pragma once

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "net/connections.h"
#include "net/http_server.h"
#include "net/json_answer.h"
#include "net/networks.h"
#include "net/request_reader.h"
#include "net/response_text.h"
#include "net/server_state.h"

namespace pointsman::http {

inline auto awaiting(boost::system::error_code& failed) { return net::redirect_error(net::use_awaitable, failed); }

template <class Stream>
class Conversation {
 public:
  Conversation(ServerState& server, Stream& stream, Connection& connection)
      : server_(server), stream_(stream), connection_(connection) {}

  // Until the other side, a deadline, a refusal or the server's end ends it.
  net::awaitable<void> hold() {
    bool go_on = true;
    while (go_on && !server_.stopping) {
      if (!has_unused()) go_on = co_await wait_for_request();
      if (go_on) go_on = co_await serve_one();
    }
    report_timeout();
  }

 private:
  static constexpr bool kPlain = std::is_same_v<Stream, net::ip::tcp::socket>;
  static constexpr std::chrono::seconds kLinger{2};         // for a refused sender to read the answer before the connection goes
  static constexpr std::size_t kLingerBytes = 1024 * 1024;  // that such a sender may still send
  static constexpr std::size_t kReadSize = 16 * 1024;       // bytes a read asks for, unless the body lacks more
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

  bool has_unused() const { return at_ < came_.size(); }

  net::awaitable<bool> wait_for_request() {
    forget_what_came();  // ten thousand idle connections should cost little
    connection_.expect(Wait::kIdle, server_.options.idle_deadline);
    return read_more();
  }

  void forget_what_came() {
    std::string().swap(came_);
    at_ = 0;
  }

  // Reads and answers one request; whether the connection can take another.
  net::awaitable<bool> serve_one() {
    RequestReader reader({server_.options.max_header_bytes, server_.options.max_header_fields});
    BodyShare share(server_);
    connection_.expect(Wait::kHeader, server_.options.header_deadline);
    Router::Match match;
    using State = RequestReader::State;
    State state = State::kNeedMore;
    while (state != State::kDone) {
      std::size_t used = 0;
      state = reader.feed(std::string_view(came_).substr(at_), used);
      at_ += used;
      if (state == State::kBad) co_return co_await refuse(reader.status(), reader.reason());
      if (state == State::kHeader) {
        match = server_.router.find(reader.method() == "HEAD" ? "GET" : reader.method(), reader.path());
        reader.set_max_body(match.options.max_body);
        connection_.expect(Wait::kBody, server_.options.body_deadline);
        if (!has_unused() && reader.wants_continue()) {
          const bool written = co_await write(kContinue, Wait::kBody);
          if (!written) co_return false;
        }
      }
      if (connection_.waits_for == Wait::kBody && !share.grow_to(reader.body_held() + came_.capacity())) {
        static_cast<void>(reader.take());  // while the answer is read, nothing is held
        co_return co_await refuse(503, "too_many_body_bytes");
      }
      if (state == State::kNeedMore) {
        const bool came = co_await read_more(std::max(kReadSize, reader.body_left()));
        if (!came && connection_.expired)
          co_return co_await refuse(408, connection_.waits_for == Wait::kHeader ? "timeout_header" : "timeout_body");
        if (!came) co_return false;
      }
    }
    if (!has_unused()) forget_what_came();
    connection_.waits_for = Wait::kAnswer;
    connection_.deadline = Steady::time_point::max();  // handlers keep their own
    const bool keep_alive = reader.keep_alive();
    Request request = reader.take();
    const bool with_body = request.method != "HEAD";
    const Response response = co_await answer(match, std::move(request));
    const bool go_on = keep_alive && !server_.stopping;
    const std::string text = to_text(response, go_on, with_body, server_.date());
    connection_.expect(Wait::kWrite, server_.options.write_deadline);
    const bool written = co_await write(text, Wait::kWrite);
    co_return written && go_on;
  }

  net::awaitable<Response> answer(Router::Match& match, Request request) {
    request.client = client_of(connection_.peer, server_.trusted.contains(connection_.peer) ? request.all("x-forwarded-for") : "",
                               server_.trusted);
    if (match.handler == nullptr) {
      const bool wrong_method = match.status == 405;
      server_.refuse(wrong_method ? "wrong_method" : "no_such_path", match.status, request.client, request.path);
      Response none = wrong_method ? error_response(405, "wrong_method", "This path takes: " + match.allow + ".")
                                   : error_response(404, "not_found", "There is nothing at this path.");
      if (wrong_method) none.headers.emplace_back("Allow", match.allow);
      co_return none;
    }
    request.params = std::move(match.params);
    try {
      co_return co_await (*match.handler)(std::move(request));
    } catch (const std::exception& thrown) {
      server_.log.error("a request ended in a bug", {{"kind", "state"}, {"reason", thrown.what()}});
    }
    co_return error_response(500, "internal", "Something went wrong on our side; the log has it.");
  }

  // Answers what is no proper request, and closes so that the sender can still read the answer.
  net::awaitable<bool> refuse(int status, std::string_view reason) {
    server_.refuse(reason, status, connection_.peer.to_string());
    forget_what_came();
    Response refusal = error_response(status, reason, refusal_words(reason));
    if (status == 503) refusal.headers.emplace_back("Retry-After", "1");
    const std::string text = to_text(refusal, false, true, server_.date());
    connection_.expect(Wait::kWrite, server_.options.write_deadline);
    bool go_on = co_await write(text, Wait::kWrite);
    if (!go_on) co_return false;
    boost::system::error_code failed;
    if constexpr (kPlain) stream_.shutdown(net::ip::tcp::socket::shutdown_send, failed);
    connection_.expect(Wait::kClose, kLinger);
    for (std::size_t total = 0; go_on && total < kLingerBytes; total += came_.size()) {
      came_.clear();
      at_ = 0;
      go_on = co_await read_more();
    }
    co_return false;
  }

  // Puts what comes next, at most `most` bytes, behind what is unused. False: the other side has ended, or the deadline has passed.
  net::awaitable<bool> read_more(std::size_t most = kReadSize) {
    came_.erase(0, at_);
    at_ = 0;
    boost::system::error_code failed;
    if constexpr (kPlain) {
      // Waits without a buffer, then reads into the one that all share.
      for (bool came = false; !came;) {
        co_await stream_.async_wait(net::ip::tcp::socket::wait_read, awaiting(failed));
        if (failed || connection_.expired) co_return false;
        came_.append(server_.scratch, 0, stream_.read_some(net::buffer(server_.scratch, most), failed));
        came = failed != net::error::would_block;
      }
    } else {
      const std::size_t before = came_.size();
      came_.resize(before + kReadSize);  // a record of TLS is no longer
      const std::size_t n = co_await stream_.async_read_some(net::buffer(came_.data() + before, kReadSize), awaiting(failed));
      came_.resize(before + n);
    }
    co_return !failed && !connection_.expired;
  }

  net::awaitable<bool> write(std::string_view text, Wait meanwhile) {
    connection_.waits_for = meanwhile;
    boost::system::error_code failed;
    if constexpr (kPlain) {
      // Almost always the socket takes all of it at once, and nobody has to wait.
      text.remove_prefix(stream_.write_some(net::buffer(text), failed));
      if (failed && failed != net::error::would_block) co_return false;
      if (text.empty()) co_return !connection_.expired;
    }
    co_await net::async_write(stream_, net::buffer(text), awaiting(failed));
    co_return !failed && !connection_.expired;
  }

  // What was closed by its deadline, and not answered. An idle connection that goes is no refusal, but counted.
  void report_timeout() {
    if (!connection_.expired) return;
    if (connection_.waits_for == Wait::kIdle) count_refusal(server_.metrics, "timeout_idle");
    if (connection_.waits_for != Wait::kWrite && connection_.waits_for != Wait::kBody) return;
    server_.refuse("timeout_write", 408, connection_.peer.to_string());
  }

  ServerState& server_;
  Stream& stream_;
  Connection& connection_;
  std::string came_;    // what was read
  std::size_t at_ = 0;  // where the unused part of it begins
};

}  // namespace pointsman::http
