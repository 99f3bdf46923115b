// SPDX-License-Identifier: Apache-2.0
#include "net/server_state.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/text.h"
#include "net/connections.h"
#include "net/response_text.h"

namespace pointsman::http {
namespace {

constexpr std::size_t kLongestLoggedPath = 120;  // bytes
constexpr std::size_t kFreeOfABody = 32 * 1024;  // bytes: what comes before much of it is known, and what one read brings

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kWords{{
    {"malformed", "This is not a request of HTTP/1.1."},
    {"bad_target", "The request target must be a path of visible ASCII characters, without encoded slashes."},
    {"bad_host", "A request needs exactly one Host header with a host in it."},
    {"bad_length", "The Content-Length is not a number of bytes."},
    {"ambiguous_length", "The length of the body is stated twice, or in a way that servers disagree about."},
    {"unknown_encoding", "The only Transfer-Encoding that is taken is chunked."},
    {"unknown_method", "No method has such a long name."},
    {"unknown_expectation", "The only expectation that is met is 100-continue."},
    {"bad_version", "Only HTTP/1.0 and HTTP/1.1 are spoken here."},
    {"header_too_large", "The header is larger than this server takes."},
    {"too_many_fields", "The header has more fields than this server takes."},
    {"body_too_large", "The body is larger than this path takes."},
    {"too_many_body_bytes", "The bodies of other requests fill the memory set aside for them; try again in a second."},
    {"timeout_header", "The header did not come in time."},
    {"timeout_body", "The body did not come in time."},
}};

bool is_limit(int status) { return status == 408 || status == 413 || status == 431 || status == 503; }

}  // namespace

std::string_view refusal_words(std::string_view reason) {
  for (const auto& [name, words] : kWords)
    if (name == reason) return words;
  return "The request is not one this server takes.";
}

void ServerState::refuse(std::string_view reason, int status, const std::string& client, std::string_view path) {
  count_refusal(metrics, reason);
  const std::string_view kind = is_limit(status) ? "limit" : "requester";
  if (path.empty()) log.warn("refused", {{"kind", kind}, {"reason", reason}, {"status", status}, {"client", client}});
  else
    log.warn("refused", {{"kind", kind}, {"reason", reason}, {"status", status}, {"client", client},
                         {"path", text::cut_at(path, kLongestLoggedPath)}});
}

bool BodyShare::grow_to(std::size_t bytes) {
  const std::size_t wanted = bytes > kFreeOfABody ? bytes - kFreeOfABody : 0;
  if (wanted <= taken_) return true;
  const std::size_t more = wanted - taken_;
  if (more > most_ - std::min(*all_, most_)) return false;
  *all_ += more;
  taken_ = wanted;
  return true;
}

const std::string& ServerState::date() {
  const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  if (now != date_of_) date_ = format_date(date_of_ = now);
  return date_;
}

}  // namespace pointsman::http
