// SPDX-License-Identifier: Apache-2.0
//
// net/networks.h: sets of addresses, and who a request really comes from. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "base/result.h"

namespace pointsman::http {

// Addresses ("10.1.2.3", "::1") and networks ("10.0.0.0/8").
class Networks {
 public:
  static Result<Networks> parse(const std::vector<std::string>& texts);
  bool contains(const boost::asio::ip::address& address) const;

 private:
  struct Network {
    boost::asio::ip::address_v6 base;  // v4 in its mapped form
    unsigned prefix = 128;
  };
  std::vector<Network> networks_;
};

// A v4 address that came in its v6 form, as a v4 address.
boost::asio::ip::address plain(const boost::asio::ip::address& address);

// Whom a limit per address counts: an IPv6 caller has a whole /64 of addresses, so that is one.
boost::asio::ip::address counted_as(const boost::asio::ip::address& address);

// Whose request it is: `peer`, unless that is a trusted proxy; then the last address in X-Forwarded-For that is none. Several such
// headers are one, joined with commas. Entries may have a port; what is no address ends the search.
std::string client_of(const boost::asio::ip::address& peer, std::string_view forwarded_for, const Networks& trusted);

}  // namespace pointsman::http
