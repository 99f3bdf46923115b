// SPDX-License-Identifier: Apache-2.0
#include "desk/desk.h"

#include <charconv>

#include "desk/desk_json.h"
#include "net/json_answer.h"

namespace pointsman::desk {
namespace {

http::Response unauthorized() {
  return http::error_response(401, "unauthorized", "Send a valid API token as \"Authorization: Bearer TOKEN\".");
}

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

// A query string as a ledger::Query; every fault is named.
ledger::Query read_query(const http::Request& request, std::vector<http::ApiError>& errors) {
  ledger::Query query;
  if (const auto status = request.query_param("status"); status && !status->empty()) {
    query.status = parse_status(*status);
    if (!query.status)
      errors.push_back({"status", "not_allowed",
                        "A status is one of: new, assigned, in progress, pending, resolved, closed, cancelled."});
  }
  const auto text_of = [&request](const char* name, std::optional<std::string>& to) {
    if (auto given = request.query_param(name); given && !given->empty()) to = std::move(*given);
  };
  text_of("priority", query.priority);
  text_of("category", query.category);
  query.words = request.query_param("q").value_or("");
  if (const auto after = request.query_param("after"); after && !after->empty()) {
    query.after = parse_number(*after);
    if (!query.after) errors.push_back({"after", "invalid", "\"after\" is the \"next\" of the page before."});
  }
  if (const auto limit = request.query_param("limit"); limit && !limit->empty()) {
    const auto number = parse_number(*limit);
    if (!number || number->value() > ledger::kMaxPage)
      errors.push_back({"limit", "out_of_range", "\"limit\" is a whole number from 1 to " + std::to_string(ledger::kMaxPage) + "."});
    else
      query.limit = static_cast<int>(number->value());
  }
  return query;
}

}  // namespace

Desk::Desk(const http::BearerTokens& tokens, ledger::Ledger& ledger, std::vector<NamedQueue> queues)
    : tokens_(tokens), ledger_(ledger), queues_(std::move(queues)) {}

http::net::awaitable<http::Response> Desk::list(http::Request request) {
  if (!allowed(request)) co_return unauthorized();
  std::vector<http::ApiError> errors;
  ledger::Query query = read_query(request, errors);
  if (!errors.empty()) co_return http::error_response(422, errors);
  const auto page = co_await ledger_.list(std::move(query));
  if (!page) co_return http::error_response(page.error());
  co_return ok(page_json(*page));
}

http::net::awaitable<http::Response> Desk::show(http::Request request) {
  if (!allowed(request)) co_return unauthorized();
  const auto number = parse_number(request.param("number"));
  if (!number) co_return http::error_response(404, "not_found", "There is no such ticket.");
  const auto ticket = co_await ledger_.find(*number);
  if (!ticket) co_return http::error_response(ticket.error());
  co_return ok(to_json(*ticket));
}

http::net::awaitable<http::Response> Desk::history(http::Request request) {
  if (!allowed(request)) co_return unauthorized();
  const auto number = parse_number(request.param("number"));
  if (!number) co_return http::error_response(404, "not_found", "There is no such ticket.");
  const auto changes = co_await ledger_.history(*number);
  if (!changes) co_return http::error_response(changes.error());
  co_return ok(history_json(*changes));
}

http::net::awaitable<http::Response> Desk::queues(http::Request request) {
  if (!allowed(request)) co_return unauthorized();
  std::vector<QueueState> states;
  for (const NamedQueue& named : queues_) {
    const auto depth = co_await named.queue.depth();
    if (!depth) co_return http::error_response(depth.error());
    states.push_back({named.name, *depth});
  }
  co_return ok(queues_json(states));
}

}  // namespace pointsman::desk
