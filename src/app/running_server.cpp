// SPDX-License-Identifier: Apache-2.0
#include "app/running_server.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/table.h"
#include "base/clock.h"
#include "intake/teams/signature.h"

namespace pointsman::app {
namespace {

constexpr timeval kPatience{3, 0};                  // for each step of a call
constexpr std::size_t kLongestAnswer = 256 * 1024;  // bytes

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

// Where to call a server that listens there: one that listens everywhere is reached through loopback.
std::string reachable(const std::string& address) {
  if (address == "0.0.0.0" || address == "localhost") return "127.0.0.1";
  return address == "::" ? "::1" : address;
}

std::string host_header(const std::string& address, std::uint16_t port) {
  return address.find(':') == address.npos ? fmt::format("{}:{}", address, port) : fmt::format("[{}]:{}", address, port);
}

tl::unexpected<Error> no_answer(const std::string& what) { return fail(Errc::kUnavailable, what + ": " + std::strerror(errno)); }

Result<std::string> exchange(int fd, std::string_view request) {
  for (std::string_view rest = request; !rest.empty();) {
    const ssize_t sent = send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) return no_answer("sending failed");
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  std::string answer;
  for (;;) {
    char buffer[4096];
    const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got < 0) return no_answer("no answer came");
    if (got == 0) return answer;
    answer.append(buffer, static_cast<std::size_t>(got));
    if (answer.size() > kLongestAnswer) return fail(Errc::kFull, "the answer is too long for a Pointsman's");
  }
}

Result<LocalAnswer> parse(const std::string& text) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  LocalAnswer answer;
  const std::size_t body = text.find("\r\n\r\n");
  const char* digits = text.data() + kVersion.size();
  if (!text.starts_with(kVersion) || body == text.npos || std::from_chars(digits, digits + 3, answer.status).ec != std::errc{})
    return fail(Errc::kInvalid, "what answers there does not speak HTTP/1.1");
  answer.body = text.substr(body + 4);
  return answer;
}

// What Teams would send for "help": answered, and nothing is filed.
std::string help_activity(const config::Team& team, Instant now) {
  boost::json::object activity{
      {"type", "message"},
      {"id", fmt::format("doctor-{}", to_unix_ms(now))},
      {"timestamp", format_rfc3339(now)},
      {"channelId", "msteams"},
      {"from", {{"id", "pointsman-doctor"}, {"name", "pointsman doctor"}, {"aadObjectId", "pointsman-doctor"}}},
      {"conversation", {{"id", "pointsman-doctor"}}},
      {"text", "help"}};
  if (!team.tenants.empty()) activity["channelData"] = {{"tenant", {{"id", team.tenants.front()}}}};
  return boost::json::serialize(activity);
}

Finding check_team(const config::Config& config, const config::Team& team) {
  const std::string subject = "team " + team.name;
  const auto key = teams::WebhookKey::parse(team.secrets.front().reveal());
  if (!key) return {Grade::kFault, subject, key.error().what, "Mend the secret in the configuration."};
  const std::string body = help_activity(team, SystemClock{}.now());
  const std::string headers = fmt::format("Authorization: {}\r\nContent-Type: application/json\r\n", key->sign(body));
  const auto answer = call_local(config.server, "POST", "/teams/" + team.name, headers, body);
  if (!answer) return {Grade::kFault, subject, answer.error().what, "See the server's log."};
  if (answer->status == 200) return {Grade::kGood, subject, "a signed message was answered", ""};
  if (answer->status == 401 || answer->status == 404)
    return {Grade::kFault, subject, "the running server does not know this team's secret", "Restart the server, so that it reads the configuration."};
  return {Grade::kWarning, subject, fmt::format("a signed message was answered with {}", answer->status), "See the server's log."};
}

}  // namespace

Result<LocalAnswer> call_local(const config::Server& server, std::string_view method, std::string_view path, std::string_view headers,
                               std::string_view body) {
  const std::string address = reachable(server.address);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(address.c_str(), std::to_string(server.port).c_str(), &hints, &found) != 0)
    return fail(Errc::kInvalid, address + " is no address");
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
  const Socket socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) return no_answer("no socket");
  setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  if (connect(socket.fd(), found->ai_addr, found->ai_addrlen) != 0) return no_answer("connecting failed");
  const auto text = exchange(socket.fd(), fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{}\r\n{}",
                                                      method, path, host_header(address, server.port), body.size(), headers, body));
  if (!text) return fail(text.error());
  return parse(*text);
}

Findings check_running_server(const config::Config& config) {
  const auto alive = call_local(config.server, "GET", "/healthz");
  if (!alive || alive->status != 200 || alive->body != "ok\n") return {};
  Findings findings;
  const auto ready = call_local(config.server, "GET", "/readyz");
  if (!ready) return {{Grade::kFault, "server", ready.error().what, "See the server's log."}};
  if (ready->status == 200) findings.push_back({Grade::kGood, "server", "a Pointsman runs there and accepts tickets", ""});
  else findings.push_back({Grade::kFault, "server", printable(ready->body), "It goes on by itself when the cause is gone."});
  for (const config::Team& team : config.teams) findings.push_back(check_team(config, team));
  return findings;
}

}  // namespace pointsman::app
