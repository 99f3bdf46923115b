// SPDX-License-Identifier: Apache-2.0
//
// net/connections.h: who is connected, how many from where, and until when each may take for what it is doing. One sweep a quarter of
// a second looks at all deadlines; a timer for each read and write would cost more than the requests.
//
// Threads: the I/O loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <iterator>
#include <list>
#include <string>
#include <unordered_map>

#include <boost/asio/ip/tcp.hpp>

#include "base/metrics.h"

namespace pointsman::http {

using Steady = std::chrono::steady_clock;

struct Connection {
  boost::asio::ip::tcp::socket* socket = nullptr;
  boost::asio::ip::address peer;
  Steady::time_point deadline = Steady::time_point::max();
  const char* waiting_for = "";  // in the metrics, when the deadline passes: "header", "body", "idle", "write", "close"
  bool busy = false;             // a request is being read or answered
  bool expired = false;
};

class Connections {
 public:
  Connections(std::size_t most, std::size_t most_per_address, Metrics& metrics);

  // Whether one more from there is allowed; `exempt`: not counted per address.
  bool may_add(const boost::asio::ip::address& peer, bool exempt) const;
  Connection& add(boost::asio::ip::tcp::socket& socket, const boost::asio::ip::address& peer);
  void remove(Connection& connection);

  // Closes those whose deadline has passed.
  void close_expired(Steady::time_point now);
  void close_idle();
  void close_all();
  std::size_t size() const { return all_.size(); }

 private:
  std::size_t most_, most_per_address_;
  Metrics& metrics_;
  Gauge& open_;
  std::list<Connection> all_;
  std::unordered_map<Connection*, std::list<Connection>::iterator> places_;
  std::unordered_map<std::string, std::size_t> per_address_;
};

// Counts a request that a limit or a rule of HTTP refused.
void count_refusal(Metrics& metrics, std::string_view reason);

}  // namespace pointsman::http
