// SPDX-License-Identifier: Apache-2.0
#include "net/networks.h"

#include <gmock/gmock.h>

namespace pointsman::http {
namespace {

namespace ip = boost::asio::ip;

Networks networks(const std::vector<std::string>& texts) {
  auto parsed = Networks::parse(texts);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().what);
  return parsed ? *parsed : Networks{};
}

std::string client(const char* peer, std::string_view forwarded_for, const std::vector<std::string>& trusted) {
  return client_of(ip::make_address(peer), forwarded_for, networks(trusted));
}

TEST(Networks, hold_addresses_and_networks_of_both_kinds) {
  const Networks known = networks({"10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1"});
  for (const char* inside : {"10.0.0.0", "10.255.255.255", "192.0.2.7", "2001:db8:ffff::1", "::1", "::ffff:10.1.2.3"})
    EXPECT_TRUE(known.contains(ip::make_address(inside))) << inside;
  for (const char* outside : {"11.0.0.0", "9.255.255.255", "192.0.2.8", "2001:db9::1", "::2", "::ffff:11.0.0.1"})
    EXPECT_FALSE(known.contains(ip::make_address(outside))) << outside;
}

TEST(Networks, none_holds_nobody_and_prefix_zero_holds_everybody_of_its_kind) {
  EXPECT_FALSE(networks({}).contains(ip::make_address("127.0.0.1")));
  EXPECT_TRUE(networks({"0.0.0.0/0"}).contains(ip::make_address("8.8.8.8")));
  EXPECT_FALSE(networks({"0.0.0.0/0"}).contains(ip::make_address("2001:db8::1")));
  EXPECT_TRUE(networks({"::/0"}).contains(ip::make_address("2001:db8::1")));
}

TEST(Networks, what_is_no_network_is_named_in_the_error) {
  for (const char* wrong : {"", "ten", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "::1/129", "10.0.0.0/-1", "proxy.example"}) {
    const auto parsed = Networks::parse({"::1", wrong});
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_THAT(parsed.error().what, testing::HasSubstr("\"" + std::string(wrong) + "\""));
  }
}

TEST(ClientOf, a_stranger_is_not_believed) {
  EXPECT_EQ(client("203.0.113.9", "127.0.0.1", {"10.0.0.0/8"}), "203.0.113.9");
  EXPECT_EQ(client("203.0.113.9", "127.0.0.1", {}), "203.0.113.9");
}

TEST(ClientOf, a_trusted_proxy_names_whoever_came_to_it) {
  EXPECT_EQ(client("10.0.0.1", "203.0.113.9", {"10.0.0.0/8"}), "203.0.113.9");
  EXPECT_EQ(client("10.0.0.1", "", {"10.0.0.0/8"}), "10.0.0.1");
}

TEST(ClientOf, what_the_caller_put_in_front_is_not_believed) {
  EXPECT_EQ(client("10.0.0.1", "127.0.0.1, 203.0.113.9", {"10.0.0.0/8"}), "203.0.113.9");
  EXPECT_EQ(client("10.0.0.1", "10.0.0.5, 203.0.113.9, 10.0.0.2", {"10.0.0.0/8"}), "203.0.113.9");
}

TEST(ClientOf, when_all_are_trusted_it_is_the_first) { EXPECT_EQ(client("10.0.0.1", "10.0.0.3,10.0.0.2", {"10.0.0.0/8"}), "10.0.0.3"); }

TEST(ClientOf, entries_may_have_ports_and_be_of_either_kind) {
  EXPECT_EQ(client("10.0.0.1", "203.0.113.9:4711", {"10.0.0.0/8"}), "203.0.113.9");
  EXPECT_EQ(client("10.0.0.1", "[2001:db8::9]:4711", {"10.0.0.0/8"}), "2001:db8::9");
  EXPECT_EQ(client("10.0.0.1", "2001:db8::9", {"10.0.0.0/8"}), "2001:db8::9");
  EXPECT_EQ(client("10.0.0.1", "::ffff:203.0.113.9", {"10.0.0.0/8"}), "203.0.113.9");
  EXPECT_EQ(client("::ffff:10.0.0.1", "203.0.113.9", {"10.0.0.0/8"}), "203.0.113.9");
  EXPECT_EQ(client("::ffff:203.0.113.9", "", {}), "203.0.113.9");
}

TEST(ClientOf, what_is_no_address_ends_the_search) {
  for (const char* odd : {"unknown", "_hidden", "", "203.0.113.9\"", "<script>", "fe80::1%eth0", "1.2.3", "[::1", ","})
    EXPECT_EQ(client("10.0.0.1", odd, {"10.0.0.0/8"}), "10.0.0.1") << odd;
  EXPECT_EQ(client("10.0.0.1", "203.0.113.9, unknown", {"10.0.0.0/8"}), "10.0.0.1");
}

TEST(CountedAs, an_ipv6_caller_is_one_whatever_it_calls_itself_within_its_network) {
  EXPECT_EQ(counted_as(ip::make_address("2001:db8:1:2::1")), counted_as(ip::make_address("2001:db8:1:2:ffff::2")));
  EXPECT_NE(counted_as(ip::make_address("2001:db8:1:2::1")), counted_as(ip::make_address("2001:db8:1:3::1")));
  EXPECT_EQ(counted_as(ip::make_address("::ffff:203.0.113.9")), ip::make_address("203.0.113.9"));
  EXPECT_NE(counted_as(ip::make_address("203.0.113.9")), counted_as(ip::make_address("203.0.113.8")));
}

}  // namespace
}  // namespace pointsman::http
