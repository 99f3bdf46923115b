// SPDX-License-Identifier: Apache-2.0
#include "net/networks.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace pointsman::http {
namespace ip = boost::asio::ip;
namespace {

ip::address_v6 as_v6(const ip::address& address) {
  return address.is_v6() ? address.to_v6() : ip::make_address_v6(ip::v4_mapped, address.to_v4());
}

bool same_prefix(const ip::address_v6& a, const ip::address_v6& b, unsigned bits) {
  const auto left = a.to_bytes(), right = b.to_bytes();
  for (unsigned i = 0; i < bits; ++i) {
    const unsigned mask = 0x80u >> (i % 8);
    if ((left[i / 8] & mask) != (right[i / 8] & mask)) return false;
  }
  return true;
}

// "10.1.2.3", "10.1.2.3:4711", "2001:db8::1", "[2001:db8::1]:4711"; nothing for anything else.
std::optional<ip::address> read_entry(std::string_view entry) {
  if (entry.starts_with('[')) {
    const std::size_t end = entry.find(']');
    if (end == entry.npos) return std::nullopt;
    entry = entry.substr(1, end - 1);
  } else if (std::count(entry.begin(), entry.end(), ':') == 1) {
    entry = entry.substr(0, entry.find(':'));
  }
  if (entry.find('%') != entry.npos) return std::nullopt;  // the name of an interface, which is nobody's but this machine's
  boost::system::error_code failed;
  const ip::address address = ip::make_address(std::string(entry), failed);
  if (failed) return std::nullopt;
  return plain(address);
}

}  // namespace

Result<Networks> Networks::parse(const std::vector<std::string>& texts) {
  Networks networks;
  for (const std::string& text : texts) {
    const std::size_t slash = text.find('/');
    boost::system::error_code failed;
    const ip::address address = ip::make_address(text.substr(0, slash), failed);
    const auto wrong = [&text] {
      return fail(Errc::kInvalid, "\"" + text + "\" is no address and no network; write 10.1.2.3, ::1 or 10.0.0.0/8");
    };
    if (failed) return wrong();
    const unsigned bits = address.is_v4() ? 32 : 128;
    unsigned prefix = bits;
    if (slash != text.npos) {
      const auto [end, error] = std::from_chars(text.data() + slash + 1, text.data() + text.size(), prefix);
      if (error != std::errc{} || end != text.data() + text.size() || prefix > bits) return wrong();
    }
    networks.networks_.push_back({as_v6(address), prefix + (128 - bits)});
  }
  return networks;
}

bool Networks::contains(const ip::address& address) const {
  const ip::address_v6 wanted = as_v6(address);
  for (const Network& network : networks_)
    if (same_prefix(network.base, wanted, network.prefix)) return true;
  return false;
}

ip::address plain(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

ip::address counted_as(const ip::address& address) {
  const ip::address known = plain(address);
  if (known.is_v4()) return known;
  ip::address_v6::bytes_type bytes = known.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return ip::address_v6(bytes);
}

std::string client_of(const ip::address& peer, std::string_view forwarded_for, const Networks& trusted) {
  ip::address client = plain(peer);
  // From the right: each trusted proxy vouches only for the one before it.
  while (!forwarded_for.empty() && trusted.contains(client)) {
    const std::size_t comma = forwarded_for.rfind(',');
    const auto before = read_entry(text::trim(comma == forwarded_for.npos ? forwarded_for : forwarded_for.substr(comma + 1)));
    if (!before) break;
    client = *before;
    forwarded_for = comma == forwarded_for.npos ? std::string_view{} : forwarded_for.substr(0, comma);
  }
  return client.to_string();
}

}  // namespace pointsman::http
