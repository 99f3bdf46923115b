// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "net/ascii.h"
#include "net/http_server.h"
#include "net/percent.h"

namespace pointsman::http {
namespace {

// "/a/b" -> "a", "b". A path that ends in '/' has an empty last segment, which matches nothing.
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  for (;;) {
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == path.npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool is_param(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

}  // namespace

std::string_view Request::header(std::string_view name) const noexcept {
  const auto at = std::find_if(headers.begin(), headers.end(), [name](const auto& h) { return same_ignoring_case(h.first, name); });
  return at == headers.end() ? std::string_view{} : std::string_view{at->second};
}

std::string Request::all(std::string_view name) const {
  std::string joined;
  for (const auto& [key, value] : headers) {
    if (!same_ignoring_case(key, name)) continue;
    if (!joined.empty()) joined += ", ";
    joined += value;
  }
  return joined;
}

std::string_view Request::param(std::string_view name) const noexcept {
  for (const auto& [key, value] : params)
    if (key == name) return value;
  return {};
}

std::optional<std::string> Request::query_param(std::string_view name) const {
  for (std::string_view rest = query; !rest.empty();) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const std::size_t equals = pair.find('=');
    if (decode_form(pair.substr(0, equals)) == name)
      return equals == pair.npos ? std::string{} : decode_form(pair.substr(equals + 1));
  }
  return std::nullopt;
}

void Router::add(std::string method, std::string pattern, Handler handler, RouteOptions options) {
  Route& route = routes_.emplace_back();
  route.method = std::move(method);
  for (const std::string_view segment : split(pattern)) route.segments.emplace_back(segment);
  route.handler = std::move(handler);
  route.options = options;
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
  const std::vector<std::string_view> segments = split(path);
  const auto fits = [&segments](const Route& route) {
    if (route.segments.size() != segments.size()) return false;
    for (std::size_t i = 0; i < segments.size(); ++i)
      if (is_param(route.segments[i]) ? segments[i].empty() : route.segments[i] != segments[i]) return false;
    return true;
  };
  Match match;
  for (const Route& route : routes_) {
    if (!fits(route)) continue;
    if (route.method != method) {
      match.status = 405;
      match.allow += (match.allow.empty() ? "" : ", ") + (route.method == "GET" ? "GET, HEAD" : route.method);
      continue;
    }
    match.handler = &route.handler;
    match.options = route.options;
    match.status = 200;
    for (std::size_t i = 0; i < segments.size(); ++i)
      if (is_param(route.segments[i]))
        match.params.emplace_back(route.segments[i].substr(1, route.segments[i].size() - 2), std::string(segments[i]));
    return match;
  }
  return match;
}

}  // namespace pointsman::http
