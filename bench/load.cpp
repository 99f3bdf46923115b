// SPDX-License-Identifier: Apache-2.0
//
// bench_load: the load generator. One thread, keep-alive connections, requests made beforehand.
//
// Closed loop (default): each connection sends its next request when the reply to the last is there: what can the server do?
// Open loop (--rate): requests are due at fixed times whatever the server does, and a reply's latency counts from the time its request
// was due, so that a stall shows in every request that it delays (no coordinated omission).
//
// Prints one JSON object. A reply counts as filed when it is a 200 whose text names a ticket number; anything else is an error.
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/histogram.h"
#include "bench/teams_request.h"

namespace pointsman::bench {
namespace {

using Steady = std::chrono::steady_clock;

struct Options {
  std::uint16_t port = 0;
  std::string path = "/teams/default", secret, gets, token;
  int connections = 256;
  double seconds = 5, rate = 0, patience = 30;
  std::size_t requests = 200'000;
  std::uint64_t run = 1;
};

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "bench_load: {}\n", why);
  std::exit(1);
}

// How long the reply at the front of `in` is; 0 while it is not whole.
std::size_t reply_length(std::string_view in) {
  const std::size_t header_end = in.find("\r\n\r\n");
  if (header_end == in.npos) return 0;
  std::string_view header = in.substr(0, header_end + 2);
  std::size_t length = 0;
  for (const std::string_view name : {"\r\nContent-Length: ", "\r\ncontent-length: "})
    if (const std::size_t at = header.find(name); at != header.npos) length = std::strtoull(header.data() + at + name.size(), nullptr, 10);
  const std::size_t whole = header_end + 4 + length;
  return in.size() >= whole ? whole : 0;
}

bool asks_to_close(std::string_view reply) {
  const std::string_view header = reply.substr(0, reply.find("\r\n\r\n"));
  return header.find("onnection: close") != header.npos;
}

int status_of(std::string_view reply) { return reply.size() > 12 ? std::atoi(std::string(reply.substr(9, 3)).c_str()) : 0; }

bool names_a_ticket(std::string_view reply) {
  const std::size_t at = reply.find("iled as **#");
  return at != reply.npos && reply.size() > at + 11 && reply[at + 11] >= '0' && reply[at + 11] <= '9';
}

struct Connection {
  int fd = -1;
  bool busy = false;
  Steady::time_point begun;  // or due, in the open loop
  std::string received;      // of a reply that is not whole yet
};

class Load {
 public:
  Load(const Options& options, const Requests& requests) : options_(options), requests_(requests), poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    connections_.resize(static_cast<std::size_t>(options.connections));
    for (Connection& connection : connections_) {
      connect(connection);
      idle_.push_back(&connection);
    }
  }

  void run() {
    begun_ = Steady::now();
    end_ = begun_ + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(options_.seconds));
    const auto last = end_ + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(options_.patience));
    for (;;) {
      const auto now = Steady::now();
      send_due(now);
      if (busy_ == 0 && finished(now)) break;
      if (now > last) give_up(fmt::format("{} requests had no reply {} s after the end", busy_, options_.patience));
      wait(now);
    }
    took_ = std::chrono::duration<double>(last_reply_ - begun_).count();
  }

  void print() const {
    std::string statuses;
    for (const auto& [status, count] : statuses_) statuses += fmt::format("{}\"{}\":{}", statuses.empty() ? "" : ",", status, count);
    fmt::print(R"({{"replies":{},"good":{},"errors":{},"seconds":{:.3f},"per_second":{:.1f},"p50_ms":{:.3f},"p90_ms":{:.3f},"p99_ms":{:.3f},)"
               R"("p999_ms":{:.3f},"max_ms":{:.3f},"statuses":{{{}}},"first_error":"{}"}})"
               "\n",
               latencies_.count(), good_, latencies_.count() - good_, took_, static_cast<double>(good_) / took_, latencies_.quantile_ms(0.5),
               latencies_.quantile_ms(0.9), latencies_.quantile_ms(0.99), latencies_.quantile_ms(0.999), latencies_.max_ms(), statuses,
               first_error_);
  }

 private:
  void connect(Connection& connection) {
    connection.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(options_.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(connection.fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
      give_up(fmt::format("cannot connect to 127.0.0.1:{}: {}", options_.port, std::strerror(errno)));
    const int on = 1;
    ::setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, connection.fd, &event);
  }

  bool open_loop() const { return options_.rate > 0; }

  Steady::time_point due(std::size_t request) const {
    return begun_ + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(static_cast<double>(request) / options_.rate));
  }

  bool finished(Steady::time_point now) const {
    if (open_loop()) return due(next_) >= end_;
    return now >= end_ || (options_.gets.empty() && next_ >= requests_.size());
  }

  void send_due(Steady::time_point now) {
    while (!idle_.empty() && !finished(now)) {
      const Steady::time_point at = open_loop() ? due(next_) : now;
      if (at > now) return;
      Connection& connection = *idle_.back();
      idle_.pop_back();
      send(connection, at);
    }
  }

  void send(Connection& connection, Steady::time_point begun) {
    if (next_ >= requests_.size() && options_.gets.empty()) give_up("there were too few requests made beforehand; raise --requests");
    connection.begun = begun;
    connection.busy = true;
    ++busy_;
    std::string_view rest = requests_[next_++ % requests_.size()];
    while (!rest.empty()) {
      const ssize_t n = ::send(connection.fd, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) give_up(std::string("sending failed: ") + std::strerror(errno));
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  void wait(Steady::time_point now) {
    timespec timeout{0, 100'000'000};
    if (open_loop() && !idle_.empty() && due(next_) < end_) {
      const auto until = std::chrono::duration_cast<std::chrono::nanoseconds>(due(next_) - now).count();
      timeout.tv_nsec = std::clamp<long>(until, 0, 100'000'000);
    }
    epoll_event events[256];
    const int n = ::epoll_pwait2(poll_, events, 256, &timeout, nullptr);
    for (int i = 0; i < n; ++i) receive(*static_cast<Connection*>(events[i].data.ptr));
  }

  void receive(Connection& connection) {
    char buffer[64 * 1024];
    const ssize_t n = ::recv(connection.fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) give_up("the server closed a connection in the middle");
    const std::string_view came(buffer, static_cast<std::size_t>(n));
    if (connection.received.empty() && reply_length(came) == came.size()) return take(connection, came);
    connection.received += came;
    if (reply_length(connection.received) == 0) return;
    take(connection, connection.received);
    connection.received.clear();
  }

  void take(Connection& connection, std::string_view reply) {
    if (!connection.busy) give_up("a reply came to no request");
    last_reply_ = Steady::now();
    latencies_.record(std::chrono::duration_cast<std::chrono::nanoseconds>(last_reply_ - connection.begun).count());
    const int status = status_of(reply);
    ++statuses_[status];
    const bool good = status == 200 && (!options_.gets.empty() || names_a_ticket(reply));
    good_ += good;
    if (!good && first_error_.empty())
      for (const char c : reply.substr(0, 300)) first_error_ += c < 0x20 || c == '"' || c == '\\' ? ' ' : c;
    connection.busy = false;
    --busy_;
    if (asks_to_close(reply)) {  // as gunicorn's workers do after each reply
      ::close(connection.fd);
      connect(connection);
    }
    if (!open_loop() && !finished(last_reply_)) return send(connection, last_reply_);
    idle_.push_back(&connection);
  }

  const Options& options_;
  const Requests& requests_;
  int poll_;
  std::vector<Connection> connections_;
  std::vector<Connection*> idle_;
  std::size_t next_ = 0, busy_ = 0;
  Steady::time_point begun_, end_, last_reply_;
  double took_ = 0;
  LatencyHistogram latencies_;
  std::unordered_map<int, std::uint64_t> statuses_;
  std::uint64_t good_ = 0;
  std::string first_error_;
};

Requests make_requests(const Options& options) {
  if (options.gets.empty()) {
    const auto key = teams::WebhookKey::parse(options.secret);
    if (!key) give_up(key.error().what);
    const auto needed = static_cast<std::size_t>(options.rate * options.seconds) + 1;
    return make_teams_requests(options.rate > 0 ? needed : options.requests, options.run, options.path, *key);
  }
  std::ifstream file(options.gets);
  std::vector<std::string> paths;
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) paths.push_back(line);
  if (paths.empty()) give_up("no paths in " + options.gets);
  return make_get_requests(paths, options.token);
}

}  // namespace
}  // namespace pointsman::bench

int main(int argc, char** argv) {
  using namespace pointsman::bench;
  Options options;
  CLI::App app{"Sends signed Teams messages, or GETs, to 127.0.0.1 and measures the replies."};
  app.add_option("--port", options.port)->required();
  app.add_option("--path", options.path, "of the Teams webhook");
  app.add_option("--secret", options.secret, "its security token");
  app.add_option("--gets", options.gets, "a file of paths to GET, one a line, in turn, instead of Teams messages");
  app.add_option("--token", options.token, "the API token for them");
  app.add_option("--connections", options.connections)->check(CLI::Range(1, 10'000));
  app.add_option("--seconds", options.seconds);
  app.add_option("--rate", options.rate, "requests a second (open loop); 0: as fast as replies come (closed loop)");
  app.add_option("--requests", options.requests, "made beforehand for a closed loop; it ends early when they are used up");
  app.add_option("--run", options.run, "a number that makes this run's messages differ from another's");
  CLI11_PARSE(app, argc, argv);
  const Requests requests = make_requests(options);
  auto load = std::make_unique<Load>(options, requests);
  load->run();
  load->print();
}
