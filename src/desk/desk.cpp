// SPDX-License-Identifier: Apache-2.0
#include "desk/desk.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.h"
#include "desk/desk_json.h"
#include "net/json_answer.h"
#include "net/percent.h"

namespace pointsman::desk {
namespace {

constexpr std::size_t kMostErrors = 20;  // in one answer

http::Response ok(std::string body) {
  http::Response response;
  response.body = std::move(body);
  return response;
}

std::optional<TicketNumber> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || number < 1) return std::nullopt;
  return TicketNumber{number};
}

// The names in a query string, decoded, in their order.
std::vector<std::string> names_in(std::string_view query) {
  std::vector<std::string> names;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (!pair.empty()) names.push_back(http::decode_form(pair.substr(0, pair.find('='))));
  }
  return names;
}

// A misspelt filter would show every ticket, and one that stands twice only its first value.
void check_names(const http::Request& request, std::vector<http::ApiError>& errors) {
  static const std::vector<std::string_view> kKnown{"status", "priority", "category", "q", "after", "limit"};
  std::set<std::string> seen;
  for (const std::string& name : names_in(request.query)) {
    if (errors.size() >= kMostErrors) return;
    if (std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end()) {
      if (!seen.insert(name).second) errors.push_back({name, "repeated", "\"" + name + "\" may stand once only."});
      continue;
    }
    const std::string_view near = text::did_you_mean(name, kKnown);
    errors.push_back({"", "unknown_parameter",
                      near.empty() ? std::string("A list takes: status, priority, category, q, after, limit.")
                                   : "There is no such parameter. Did you mean \"" + std::string(near) + "\"?"});
  }
}

// A query string as a ledger::Query; every fault is named.
ledger::Query read_query(const http::Request& request, std::vector<http::ApiError>& errors) {
  check_names(request, errors);
  ledger::Query query;
  const auto given = [&request](const char* name) { return request.query_param(name).value_or(""); };
  if (const std::string status = given("status"); !status.empty()) {
    query.status = parse_status(status);
    if (!query.status)
      errors.push_back({"status", "not_allowed",
                        "A status is one of: new, assigned, in progress, pending, resolved, closed, cancelled."});
  }
  if (std::string priority = given("priority"); !priority.empty()) query.priority = std::move(priority);
  if (std::string category = given("category"); !category.empty()) query.category = std::move(category);
  query.words = given("q");
  if (const std::string after = given("after"); !after.empty()) {
    query.after = parse_number(after);
    if (!query.after) errors.push_back({"after", "invalid", "\"after\" is the \"next\" of the page before."});
  }
  if (const std::string limit = given("limit"); !limit.empty()) {
    const auto number = parse_number(limit);
    if (!number || number->value() > ledger::kMaxPage)
      errors.push_back({"limit", "out_of_range", "\"limit\" is a whole number from 1 to " + std::to_string(ledger::kMaxPage) + "."});
    else
      query.limit = static_cast<int>(number->value());
  }
  return query;
}

}  // namespace

Desk::Desk(const http::ApiGuard& guard, ledger::Ledger& ledger, std::vector<NamedQueue> queues)
    : guard_(guard), ledger_(ledger), queues_(std::move(queues)) {}

http::Response Desk::no_such_ticket(const http::Request& request) const {
  return guard_.refuse(request, "not_found", http::error_response(404, "not_found", "There is no such ticket."));
}

http::net::awaitable<http::Response> Desk::list(http::Request request) {
  if (!allowed(request)) co_return guard_.unauthorized(request);
  std::vector<http::ApiError> errors;
  ledger::Query query = read_query(request, errors);
  if (!errors.empty()) co_return guard_.refuse(request, "bad_query", http::error_response(422, errors));
  const auto page = co_await ledger_.list(std::move(query));
  if (!page) co_return guard_.refuse(request, page.error());
  co_return ok(page_json(*page));
}

http::net::awaitable<http::Response> Desk::show(http::Request request) {
  if (!allowed(request)) co_return guard_.unauthorized(request);
  const auto number = parse_number(request.param("number"));
  if (!number) co_return no_such_ticket(request);
  const auto ticket = co_await ledger_.find(*number);
  if (!ticket) co_return guard_.refuse(request, ticket.error());
  co_return ok(to_json(*ticket));
}

http::net::awaitable<http::Response> Desk::history(http::Request request) {
  if (!allowed(request)) co_return guard_.unauthorized(request);
  const auto number = parse_number(request.param("number"));
  if (!number) co_return no_such_ticket(request);
  const auto changes = co_await ledger_.history(*number);
  if (!changes) co_return guard_.refuse(request, changes.error());
  co_return ok(history_json(*changes));
}

http::net::awaitable<http::Response> Desk::queues(http::Request request) {
  if (!allowed(request)) co_return guard_.unauthorized(request);
  std::vector<QueueState> states;
  for (const NamedQueue& named : queues_) {
    const auto depth = co_await named.queue.depth();
    if (!depth) co_return guard_.refuse(request, depth.error());
    states.push_back({named.name, *depth});
  }
  co_return ok(queues_json(states));
}

}  // namespace pointsman::desk
