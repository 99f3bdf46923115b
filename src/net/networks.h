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

// Whose request it is: `peer`, unless that is a trusted proxy; then the last address in X-Forwarded-For that is none.
std::string client_of(const boost::asio::ip::address& peer, std::string_view forwarded_for, const Networks& trusted);

}  // namespace pointsman::http
