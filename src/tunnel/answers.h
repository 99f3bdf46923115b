// SPDX-License-Identifier: Apache-2.0
//
// tunnel/answers.h: what the agents say about themselves: the answers of their local interfaces, and the lines they log. Pure.
// All of it is input that may be garbage; an address comes out only when it looks like one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pointsman::tunnel {

// A public address and the local port it leads to; 0: that was not told.
struct Route {
  std::string url;
  std::uint16_t port = 0;
  friend bool operator==(const Route&, const Route&) = default;
};

Result<std::vector<Route>> read_endpoints(std::string_view body);  // ngrok from 3.30: GET /api/endpoints
Result<std::vector<Route>> read_tunnels(std::string_view body);    // ngrok: GET /api/tunnels
Result<std::string> read_quick_tunnel(std::string_view body);      // cloudflared: GET /quicktunnel; empty: has no address yet

// The https address of the route to that port, or nothing.
const Route* route_to(const std::vector<Route>& routes, std::uint16_t port);

// The port in "5000", "localhost:80", "http://localhost:5000/", "https://10.0.0.1"; 0 when there is none.
std::uint16_t port_of(std::string_view address);

// Whether it is https://HOST[:PORT] with nothing that could surprise whoever reads or pastes it.
bool is_public_address(std::string_view url);

// Where on loopback an agent's interface is that says it listens at `address`; nothing when that is not this machine.
struct Interface {
  bool v6 = false;
  std::uint16_t port = 0;
  friend bool operator==(const Interface&, const Interface&) = default;
};
std::optional<Interface> interface_at(std::string_view address);

// One line of an agent's log: JSON as ngrok writes it, or plain text.
struct LogLine {
  std::string text;  // message and error, for people
  bool is_error = false;
  std::optional<Interface> interface;  // when the line says where the local interface is
};
LogLine read_log_line(std::string_view line);

// Whether a line can be shown: it names no token, and holds nothing that looks like one.
bool is_safe_to_show(std::string_view text);

// Cuts a stream into lines. A line longer than kLongestLine is cut there; the rest of it is dropped.
class Lines {
 public:
  static constexpr std::size_t kLongestLine = 16 * 1024;  // bytes
  std::vector<std::string> feed(std::string_view bytes);
  std::string rest() { return std::move(line_); }  // what came after the last line break

 private:
  std::string line_;
};

}  // namespace pointsman::tunnel
