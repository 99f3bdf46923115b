// SPDX-License-Identifier: Apache-2.0
#include "net/response_text.h"

#include <algorithm>
#include <ctime>
#include <iterator>

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

namespace pointsman::http {

std::string to_text(const Response& response, bool keep_alive, bool with_body, std::string_view date) {
  std::string out;
  out.reserve(256 + response.body.size());
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Length: {}\r\n", response.status,
                 std::string_view(reason.data(), reason.size()), date, response.body.size());
  if (!response.body.empty()) {
    out += "Content-Type: ";
    out += response.content_type;
    out += "\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n";
  }
  for (const auto& [name, value] : response.headers) {
    out += name;
    out += ": ";
    // Whatever a value was made of, it is one line.
    std::copy_if(value.begin(), value.end(), std::back_inserter(out), [](char c) { return c != '\r' && c != '\n' && c != '\0'; });
    out += "\r\n";
  }
  if (!keep_alive) out += "Connection: close\r\n";
  out += "\r\n";
  if (with_body) out += response.body;
  return out;
}

std::string format_date(std::int64_t unix_seconds) {
  const std::time_t at = unix_seconds;
  std::tm parts{};
  gmtime_r(&at, &parts);
  char text[40];
  // No locale is ever set, so these names are English.
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

}  // namespace pointsman::http
