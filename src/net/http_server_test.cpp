// SPDX-License-Identifier: Apache-2.0
// A real server on a loopback socket, with its loop on a thread of its own; the test is the client.
#include "net/http_server.h"

#include <future>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "support/http_client.h"

namespace pointsman::http {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Running {
 public:
  explicit Running(ServerOptions options = {}) : log_fd_(::open("/dev/null", O_WRONLY)), log_(log_fd_, Logger::Form::kJson, LogLevel::kInfo, clock_) {
    options.port = 0;
    Router router;
    router.add("GET", "/hello", [](Request request) -> net::awaitable<Response> {
      co_return Response{.status = 200, .body = "hello " + request.client, .content_type = "text/plain", .headers = {}};
    });
    router.add("POST", "/echo", [](Request request) -> net::awaitable<Response> {
      co_return Response{.status = 200, .body = std::move(request.body), .content_type = "text/plain", .headers = {}};
    }, {.max_body = 512 * 1024});
    router.add("GET", "/bug", [](Request) -> net::awaitable<Response> {
      throw std::runtime_error("a bug");
      co_return Response{};
    });
    router.add("GET", "/slow", [this](Request) -> net::awaitable<Response> {
      entered_.set_value();
      while (!go_on_) {
        net::steady_timer pause(io_, 5ms);
        co_await pause.async_wait(net::use_awaitable);
      }
      co_return Response{.status = 200, .body = "at last", .content_type = "text/plain", .headers = {}};
    });
    auto opened = Server::open(io_, std::move(options), std::move(router), metrics_, log_);
    if (!opened) throw std::runtime_error(opened.error().what);
    server_ = std::move(*opened);
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Running() {
    go_on_ = true;
    stop().wait();
    thread_.join();
    ::close(log_fd_);
  }

  // Begins to stop; the future is ready when it has.
  std::shared_future<void> stop() {
    if (stopped_.valid()) return stopped_;
    auto done = std::make_shared<std::promise<void>>();
    stopped_ = done->get_future().share();
    net::co_spawn(io_, server_->stop(), [done](std::exception_ptr) { done->set_value(); });
    return stopped_;
  }

  std::uint64_t refused(const char* reason) { return metrics_.counter("pointsman_http_refused_total", "", {{"reason", reason}}).value(); }
  Server& server() { return *server_; }
  void wait_for_slow() { entered_.get_future().wait(); }
  void let_slow_go_on() { go_on_ = true; }

 private:
  SystemClock clock_;
  int log_fd_;
  Logger log_;
  Metrics metrics_;
  net::io_context io_{1};
  std::atomic<bool> go_on_{false};
  std::promise<void> entered_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
  std::shared_future<void> stopped_;
};

std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n"; }
std::string post(std::string_view body, std::string_view fields = "") {
  return "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

TEST(HttpServer, answers_one_request_after_the_other_on_a_connection) {
  Running running;
  test::HttpClient client(running.server().port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/hello"));
    EXPECT_THAT(client.receive(), EndsWith("hello 127.0.0.1"));
  }
}

TEST(HttpServer, answers_pipelined_requests_in_their_order) {
  Running running;
  test::HttpClient client(running.server().port());
  std::string all;
  for (int i = 0; i < 2000; ++i) all += post("body " + std::to_string(i));
  std::thread sender([&client, &all] { client.send(all); });
  for (int i = 0; i < 2000; ++i) ASSERT_THAT(client.receive(), EndsWith("\r\n\r\nbody " + std::to_string(i)));
  sender.join();
}

TEST(HttpServer, takes_a_large_body_in_pieces) {
  Running running;
  test::HttpClient client(running.server().port());
  const std::string body(512 * 1024, 'x');
  client.send(post(body));
  EXPECT_THAT(client.receive(), EndsWith(body));
}

TEST(HttpServer, says_continue_before_the_body_only_when_it_takes_it) {
  Running running;
  test::HttpClient client(running.server().port());
  const std::string whole = post("hello", "Expect: 100-continue\r\n");
  client.send(std::string_view(whole).substr(0, whole.size() - 5));
  EXPECT_EQ(client.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  EXPECT_THAT(client.receive(), EndsWith("hello"));
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 600000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(running.refused("body_too_large"), 1u);
}

TEST(HttpServer, head_is_get_without_the_body) {
  Running running;
  test::HttpClient client(running.server().port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string answer = client.receive_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 15\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST(HttpServer, unknown_paths_and_methods_are_answered_and_the_connection_goes_on) {
  Running running;
  test::HttpClient client(running.server().port());
  client.send(get("/nothing"));
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 404 "));
  client.send("DELETE /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.receive(), HasSubstr("Allow: POST\r\n"));
  client.send(get("/hello"));
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(running.refused("no_such_path"), 1u);
  EXPECT_EQ(running.refused("wrong_method"), 1u);
}

TEST(HttpServer, a_handler_that_throws_is_500_and_the_server_goes_on) {
  Running running;
  test::HttpClient client(running.server().port());
  client.send(get("/bug"));
  const std::string answer = client.receive();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, Not(HasSubstr("a bug")));
  client.send(get("/hello"));
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServer, refuses_what_is_no_request_and_closes) {
  Running running;
  test::HttpClient client(running.server().port());
  client.send("nonsense\r\n" + get("/hello"));
  const std::string answer = client.receive_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, Not(HasSubstr("hello 127")));
  EXPECT_EQ(running.refused("malformed"), 1u);
}

TEST(HttpServer, a_slow_header_and_a_slow_body_are_answered_408_and_an_idle_connection_is_only_closed) {
  ServerOptions options;
  options.header_deadline = options.body_deadline = options.idle_deadline = 100ms;
  Running running(options);
  test::HttpClient header(running.server().port()), body(running.server().port()), idle(running.server().port());
  header.send("GET /hello HTTP/1.1\r\nHo");
  body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
  EXPECT_THAT(header.receive_all(), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(body.receive_all(), StartsWith("HTTP/1.1 408 "));
  EXPECT_EQ(idle.receive_all(), "");
  EXPECT_EQ(running.refused("timeout_header"), 1u);
  EXPECT_EQ(running.refused("timeout_body"), 1u);
}

TEST(HttpServer, one_connection_too_many_is_told_so) {
  ServerOptions options;
  options.max_connections = 1;
  Running running(options);
  test::HttpClient first(running.server().port());
  first.send(get("/hello"));
  first.receive();
  test::HttpClient second(running.server().port());
  second.send(get("/hello"));
  const std::string answer = second.receive_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_EQ(running.refused("too_many_connections"), 1u);
}

TEST(HttpServer, stopping_delivers_the_answer_in_flight_and_closes_idle_connections_at_once) {
  Running running;
  test::HttpClient idle(running.server().port()), busy(running.server().port());
  busy.send(get("/slow"));
  running.wait_for_slow();
  const auto stopped = running.stop();
  EXPECT_EQ(idle.receive_all(), "");
  EXPECT_EQ(stopped.wait_for(0s), std::future_status::timeout) << "the answer in flight is not there yet";
  running.let_slow_go_on();
  const std::string answer = busy.receive_all();
  EXPECT_THAT(answer, EndsWith("at last"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  stopped.wait();
}

TEST(HttpServer, stopping_does_not_wait_longer_than_the_drain_deadline) {
  ServerOptions options;
  options.drain_deadline = 50ms;
  Running running(options);
  test::HttpClient busy(running.server().port());
  busy.send(get("/slow"));
  running.wait_for_slow();
  running.stop().wait();  // though the handler waits on
  EXPECT_EQ(busy.receive_all(), "");
}

TEST(HttpServer, a_client_that_leaves_during_its_request_harms_nobody) {
  Running running;
  {
    test::HttpClient leaving(running.server().port());
    leaving.send(get("/slow"));
    running.wait_for_slow();
  }
  running.let_slow_go_on();
  test::HttpClient next(running.server().port());
  next.send(get("/hello"));
  EXPECT_THAT(next.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServer, believes_a_trusted_proxy_about_the_client_and_nobody_else) {
  const std::string request = "GET /hello HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n";
  {
    Running running;
    test::HttpClient client(running.server().port());
    client.send(request);
    EXPECT_THAT(client.receive(), EndsWith("hello 127.0.0.1"));
  }
  ServerOptions options;
  options.trusted_proxies = {"127.0.0.0/8"};
  Running running(options);
  test::HttpClient client(running.server().port());
  client.send(request);
  EXPECT_THAT(client.receive(), EndsWith("hello 203.0.113.9"));
}

TEST(HttpServer, a_handler_that_never_ends_may_go_with_the_loop_after_the_server) {
  Metrics metrics;
  SystemClock clock;
  const Logger log(STDERR_FILENO, Logger::Form::kJson, LogLevel::kError, clock);
  net::io_context io;
  bool entered = false;
  Router router;
  router.add("GET", "/never", [&](Request) -> net::awaitable<Response> {
    entered = true;
    net::steady_timer never(io, net::steady_timer::time_point::max());
    co_await never.async_wait(net::use_awaitable);
    co_return Response{};
  });
  ServerOptions options;
  options.port = 0;
  options.drain_deadline = 0ms;
  auto server = *Server::open(io, options, std::move(router), metrics, log);
  test::HttpClient client(server->port());
  client.send(get("/never"));
  while (!entered) io.run_one();
  bool stopped = false;
  net::co_spawn(io, server->stop(), [&stopped](std::exception_ptr) { stopped = true; });
  while (!stopped) io.run_one();
  server.reset();
  EXPECT_EQ(metrics.gauge("pointsman_http_connections", "").value(), 1);
}

TEST(HttpServer, says_what_to_do_when_it_cannot_open) {
  Running running;
  net::io_context io;
  Metrics metrics;
  SystemClock clock;
  const Logger log(STDERR_FILENO, Logger::Form::kJson, LogLevel::kError, clock);
  const auto error = [&](ServerOptions options) {
    auto opened = Server::open(io, std::move(options), Router{}, metrics, log);
    return opened ? std::string() : opened.error().what;
  };
  ServerOptions taken, nowhere, proxies, no_files;
  taken.port = running.server().port();
  nowhere.address = "not-an-address";
  proxies.port = no_files.port = 0;
  proxies.trusted_proxies = {"proxy.example"};
  no_files.tls = TlsOptions{"/nowhere/cert.pem", "/nowhere/key.pem"};
  EXPECT_THAT(error(taken), HasSubstr("in use"));
  EXPECT_THAT(error(nowhere), HasSubstr("not-an-address"));
  EXPECT_THAT(error(proxies), HasSubstr("\"proxy.example\" is no address"));
  EXPECT_THAT(error(no_files), HasSubstr("/nowhere/cert.pem"));
}

}  // namespace
}  // namespace pointsman::http
