// SPDX-License-Identifier: Apache-2.0
#include "net/connections.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace pointsman::http {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;

// Two ends of one loopback connection; the server's end sees `from` as its peer.
struct Pair {
  boost::asio::io_context& io;
  tcp::socket client{io}, server{io};

  Pair(boost::asio::io_context& loop, const char* from) : io(loop) {
    tcp::acceptor acceptor(io, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
    client.open(tcp::v4());
    client.bind(tcp::endpoint(boost::asio::ip::make_address(from), 0));
    client.connect(acceptor.local_endpoint());
    server = acceptor.accept();
  }
};

using Room = Connections::Room;

TEST(Connections, there_is_room_until_the_total_is_reached_and_again_when_one_leaves) {
  boost::asio::io_context io;
  Metrics metrics;
  const auto connections = std::make_shared<Connections>(1, 0, metrics);
  Pair pair(io, "127.0.0.1");
  const auto peer = boost::asio::ip::make_address("127.0.0.1");
  {
    Connections::Place place(connections, pair.server, true);
    EXPECT_EQ(connections->room_for(peer, true), Room::kFull);
    EXPECT_EQ(metrics.gauge("pointsman_http_connections", "").value(), 1);
  }
  EXPECT_EQ(connections->room_for(peer, true), Room::kYes);
  EXPECT_EQ(metrics.gauge("pointsman_http_connections", "").value(), 0);
}

TEST(Connections, each_address_has_its_own_share_unless_it_is_exempt) {
  boost::asio::io_context io;
  Metrics metrics;
  const auto connections = std::make_shared<Connections>(100, 1, metrics);
  Pair pair(io, "127.0.0.7");
  const Connections::Place place(connections, pair.server, true);
  EXPECT_EQ(connections->room_for(boost::asio::ip::make_address("127.0.0.7"), false), Room::kFullForAddress);
  EXPECT_EQ(connections->room_for(boost::asio::ip::make_address("127.0.0.7"), true), Room::kYes);
  EXPECT_EQ(connections->room_for(boost::asio::ip::make_address("127.0.0.8"), false), Room::kYes);
}

TEST(Connections, one_that_is_told_to_leave_takes_nobodys_place) {
  boost::asio::io_context io;
  Metrics metrics;
  const auto connections = std::make_shared<Connections>(1, 1, metrics);
  Pair pair(io, "127.0.0.7");
  const Connections::Place place(connections, pair.server, false);
  EXPECT_EQ(connections->uncounted(), 1u);
  EXPECT_EQ(connections->room_for(boost::asio::ip::make_address("127.0.0.7"), false), Room::kYes);
}

TEST(Connections, a_passed_deadline_closes_but_for_a_request_on_its_way_which_can_still_be_answered) {
  boost::asio::io_context io;
  Metrics metrics;
  const auto connections = std::make_shared<Connections>(10, 0, metrics);
  Pair idle(io, "127.0.0.1"), sending(io, "127.0.0.1"), early(io, "127.0.0.1");
  Connections::Place a(connections, idle.server, true), b(connections, sending.server, true), c(connections, early.server, true);
  (*a).expect(Wait::kIdle, 1s);
  (*b).expect(Wait::kHeader, 1s);
  (*c).expect(Wait::kIdle, 1h);
  connections->wake_expired(Steady::now() + 2s);
  EXPECT_TRUE((*a).expired);
  EXPECT_FALSE(idle.server.is_open());
  EXPECT_TRUE((*b).expired);
  EXPECT_TRUE(sending.server.is_open());
  EXPECT_FALSE((*c).expired);
}

}  // namespace
}  // namespace pointsman::http
