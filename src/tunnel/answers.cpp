// SPDX-License-Identifier: Apache-2.0
#include "tunnel/answers.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <boost/json.hpp>

#include "base/text.h"

namespace pointsman::tunnel {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongestAddress = 300;  // characters of a public address

std::string string_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

// A string or a number, as text.
std::string scalar_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return "";
  return value->is_string() ? std::string(value->get_string()) : value->is_number() ? json::serialize(*value) : "";
}

const json::object* object_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr ? value->if_object() : nullptr;
}

Result<std::vector<Route>> read_routes(std::string_view body, std::string_view list, std::string_view url,
                                       std::string_view target, std::string_view address) {
  boost::system::error_code failed;
  const json::value parsed = json::parse(body, failed);
  const json::object* root = failed ? nullptr : parsed.if_object();
  const json::value* entries = root != nullptr ? root->if_contains(list) : nullptr;
  if (entries == nullptr || !entries->is_array())
    return fail(Errc::kInvalid,
                "the agent's local interface answers with something else than its list of " + std::string(list));
  std::vector<Route> routes;
  for (const json::value& entry : entries->get_array()) {
    const json::object* object = entry.if_object();
    if (object == nullptr) continue;
    const json::object* upstream = object_in(*object, target);
    Route route{string_in(*object, url), upstream != nullptr ? port_of(scalar_in(*upstream, address)) : std::uint16_t{0}};
    if (is_public_address(route.url)) routes.push_back(std::move(route));
  }
  return routes;
}

bool is_host_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-'; }

std::uint16_t number(std::string_view digits) {
  std::uint16_t value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return failed == std::errc{} && end == digits.data() + digits.size() ? value : std::uint16_t{0};
}

}  // namespace

Result<std::vector<Route>> read_endpoints(std::string_view body) {
  return read_routes(body, "endpoints", "url", "upstream", "url");
}
Result<std::vector<Route>> read_tunnels(std::string_view body) {
  return read_routes(body, "tunnels", "public_url", "config", "addr");
}

Result<std::string> read_quick_tunnel(std::string_view body) {
  boost::system::error_code failed;
  const json::value parsed = json::parse(body, failed);
  const json::object* root = failed ? nullptr : parsed.if_object();
  if (root == nullptr)
    return fail(Errc::kInvalid, "the agent's local interface answers with something else than its host name");
  const std::string host = string_in(*root, "hostname");
  if (host.empty()) return std::string{};
  const std::string url = "https://" + host;
  if (!is_public_address(url)) return fail(Errc::kInvalid, "the agent's local interface tells a host name that is none");
  return url;
}

const Route* route_to(const std::vector<Route>& routes, std::uint16_t port) {
  const auto at = std::find_if(routes.begin(), routes.end(), [port](const Route& r) { return r.port == port; });
  return at == routes.end() ? nullptr : &*at;
}

std::uint16_t port_of(std::string_view address) {
  std::uint16_t usual = 0;
  if (const std::size_t scheme = address.find("://"); scheme != address.npos) {
    usual = address.substr(0, scheme) == "https" ? 443 : 80;
    address.remove_prefix(scheme + 3);
  }
  address = address.substr(0, address.find_first_of("/?#"));
  const std::size_t bracket = address.rfind(']');
  const std::size_t colon = address.rfind(':');
  if (colon != address.npos && (bracket == address.npos || colon > bracket)) return number(address.substr(colon + 1));
  return usual != 0 ? usual : number(address);
}

bool is_public_address(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme) || url.size() > kLongestAddress) return false;
  url.remove_prefix(kScheme.size());
  const std::size_t colon = std::min(url.find(':'), url.size());
  const std::string_view host = url.substr(0, colon);
  if (host.find('.') == host.npos || !std::all_of(host.begin(), host.end(), is_host_character)) return false;
  return colon == url.size() || number(url.substr(colon + 1)) != 0;
}

std::optional<Interface> interface_at(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == address.npos) return std::nullopt;
  const std::string_view host = address.substr(0, colon);
  const std::uint16_t port = number(address.substr(colon + 1));
  if (port == 0) return std::nullopt;
  if (host == "localhost" || host == "127.0.0.1" || host == "0.0.0.0" || host.empty()) return Interface{false, port};
  if (host == "[::1]" || host == "[::]") return Interface{true, port};
  return std::nullopt;
}

LogLine read_log_line(std::string_view line) {
  LogLine read;
  boost::system::error_code failed;
  const json::value parsed = line.starts_with('{') ? json::parse(line, failed) : json::value{};
  const json::object* object = failed ? nullptr : parsed.if_object();
  if (object == nullptr) {
    read.text = line;
    read.is_error = line.find("ERR ") != line.npos || line.find("ERROR") != line.npos || line.find("ERR_NGROK_") != line.npos;
    return read;
  }
  read.text = string_in(*object, "msg");
  if (const std::string error = string_in(*object, "err"); !error.empty() && error != "nil" && error != "<nil>") {
    read.text += (read.text.empty() ? "" : ": ") + error;
    read.is_error = true;
  }
  const std::string level = string_in(*object, "lvl");
  read.is_error = read.is_error || level == "eror" || level == "error" || level == "crit";
  if (string_in(*object, "obj") == "web" || string_in(*object, "msg") == "starting web service")
    read.interface = interface_at(string_in(*object, "addr"));
  return read;
}

bool is_safe_to_show(std::string_view line) {
  constexpr std::size_t kLongestWord = 20;  // letters and digits mixed, without a break: longer ones look like a token
  const std::string lower = text::to_lower(line);
  for (const char* word : {"token", "secret", "credential", "password", "api key", "api_key", "apikey"})
    if (lower.find(word) != lower.npos) return false;
  std::size_t length = 0;
  bool digit = false, letter = false;
  for (const char c : lower) {
    const bool is_digit = c >= '0' && c <= '9', is_letter = c >= 'a' && c <= 'z';
    if (!is_digit && !is_letter && c != '_' && c != '-' && c != '+' && c != '=') {
      length = 0;
      digit = letter = false;
      continue;
    }
    digit |= is_digit;
    letter |= is_letter;
    if (++length > kLongestWord && digit && letter) return false;
  }
  return true;
}

std::vector<std::string> Lines::feed(std::string_view bytes) {
  std::vector<std::string> lines;
  for (const char c : bytes) {
    if (c != '\n') {
      if (line_.size() < kLongestLine) line_ += c;
      continue;
    }
    if (line_.ends_with('\r')) line_.pop_back();
    lines.push_back(std::move(line_));
    line_.clear();
  }
  return lines;
}

}  // namespace pointsman::tunnel
