// SPDX-License-Identifier: Apache-2.0
//
// net/connections.h: who is connected, how many from where, and until when each may take for what it is doing. One sweep a quarter of
// a second looks at all deadlines; a timer for each read and write would cost more than the requests.
//
// Threads: the I/O loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <memory>

#include <boost/asio/ip/tcp.hpp>

#include "base/metrics.h"

namespace pointsman::http {

using Steady = std::chrono::steady_clock;

// What a connection waits for.
enum class Wait { kHandshake, kIdle, kHeader, kBody, kAnswer, kWrite, kClose };

struct Connection {
  boost::asio::ip::tcp::socket* socket = nullptr;
  boost::asio::ip::address peer;  // v4 where it can be
  Wait waits_for = Wait::kIdle;
  Steady::time_point deadline = Steady::time_point::max();
  bool expired = false;  // the deadline passed: what is read or written now fails
  bool counted = true;   // false: one too many, which is only told so

  void expect(Wait what, std::chrono::milliseconds within) {
    waits_for = what;
    deadline = Steady::now() + within;
    expired = false;
  }
};

class Connections {
 public:
  Connections(std::size_t most, std::size_t most_per_address, Metrics& metrics);

  enum class Room { kYes, kFull, kFullForAddress };
  // Whether one more from there is allowed; `exempt`: not limited per address.
  Room room_for(const boost::asio::ip::address& peer, bool exempt) const;

  // A connection as long as it lives. The socket outlives it. Shared, because a conversation that never ended goes with the loop, after
  // the server.
  class Place {
   public:
    Place(std::shared_ptr<Connections> all, boost::asio::ip::tcp::socket& socket, bool counted);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Connection& operator*() { return *at_; }

   private:
    std::shared_ptr<Connections> all_;
    std::list<Connection>::iterator at_;
  };

  // Wakes those whose deadline has passed. One that was sending a request can still be answered; the others are closed.
  void wake_expired(Steady::time_point now);
  void close_idle();
  void close_all();
  bool none() const { return all_.empty(); }
  std::size_t uncounted() const { return all_.size() - counted_; }

 private:
  std::size_t most_, most_per_address_;
  Gauge& open_;
  std::list<Connection> all_;
  std::size_t counted_ = 0;
  std::map<boost::asio::ip::address, std::size_t> per_address_;
};

// Counts a request or a connection that a limit or a rule of HTTP refused.
void count_refusal(Metrics& metrics, std::string_view reason);

}  // namespace pointsman::http
