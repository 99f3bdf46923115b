// SPDX-License-Identifier: Apache-2.0
#include "intake/rest/rest.h"

#include <algorithm>

#include "base/text.h"
#include "intake/rest/body.h"
#include "net/json_answer.h"

namespace pointsman::rest {
namespace {

using Errors = std::vector<http::ApiError>;

// A caller that names another type would have its body misread; one that names none means JSON.
bool is_json(std::string_view content_type) {
  const std::string_view type = text::trim(content_type.substr(0, content_type.find(';')));
  return type.empty() || text::equal_ignoring_case(type, "application/json");
}

// Adds the faults of what the ticket says, except of what has a fault of form already.
void append_faults(Errors& errors, const std::vector<Fault>& faults) {
  const std::size_t of_form = errors.size();
  for (const Fault& fault : faults) {
    const auto end = errors.begin() + static_cast<std::ptrdiff_t>(of_form);
    const bool known = std::any_of(errors.begin(), end, [&fault](const http::ApiError& error) { return error.field == fault.field; });
    if (!known) errors.push_back({fault.field, name(fault.code), describe(fault)});
  }
}

// For the log: codes, and the fields that the configuration knows; never what was sent.
std::string error_list(const Errors& errors) {
  std::string out;
  for (const http::ApiError& error : errors) {
    if (!out.empty()) out += ' ';
    out += error.code == "unknown_member" ? error.code : error.field + ':' + error.code;
  }
  return out;
}

// What makes two requests with one key the same request.
struct Substance {
  Person requester;
  Content content;

  bool is_of(const Ticket& ticket) const {
    return ticket.requester == requester && ticket.problem == content.problem && ticket.description == content.description &&
           ticket.stated_priority == content.stated_priority && ticket.fields == content.fields;
  }
};

}  // namespace

TicketEntrance::TicketEntrance(const http::ApiGuard& guard, const Rules& rules, int json_depth, intake::Intake& intake, const Logger& log)
    : guard_(guard), rules_(rules), json_depth_(json_depth), intake_(intake), log_(log) {}

http::net::awaitable<http::Response> TicketEntrance::handle(http::Request request) {
  const std::string holder = guard_.holder(request);
  if (holder.empty()) co_return guard_.unauthorized(request);
  if (!is_json(request.header("content-type")))
    co_return guard_.refuse(request, "not_json",
                            http::error_response(415, "not_json", "Send JSON, as \"Content-Type: application/json\"."));
  const std::string key{request.header("idempotency-key")};
  if (key.size() > kLongestIdempotencyKey)
    co_return guard_.refuse(request, "long_key", http::error_response(422, {{"Idempotency-Key", "too_long",
                                                                             "An Idempotency-Key has at most 255 bytes."}}));
  Result<Body> body = read_body(request.body, holder, rules_.format, json_depth_);
  if (!body) co_return guard_.refuse(request, "malformed", http::error_response(400, "malformed", body.error().what));
  const auto content = validate(body->draft, rules_);
  if (!content) append_faults(body->errors, content.error());
  if (!body->errors.empty())
    co_return guard_.refuse(request, "faults", http::error_response(422, body->errors), error_list(body->errors));

  const Substance substance{body->requester, *content};
  Message origin;
  origin.source = "rest";
  origin.conversation = holder;
  origin.message_id = key;
  origin.requester = std::move(body->requester);
  const intake::Answer answer = co_await intake_.file(std::move(origin), std::move(body->draft));
  if (!answer.ticket) co_return refuse(request, answer);
  if (answer.outcome == intake::Outcome::kSameDelivery && !substance.is_of(*answer.ticket))
    co_return guard_.refuse(request, "key_reused",
                            http::error_response(422, {{"Idempotency-Key", "key_reused",
                                                        "This key was used for another ticket; a new report needs a new key."}}));
  log_.info(name(answer.outcome), {{"ticket", answer.ticket->number.value()}, {"queue", answer.ticket->queue}, {"token", holder}});
  http::Response response;
  response.status = answer.outcome == intake::Outcome::kFiled ? 201 : 200;
  response.body = to_json(*answer.ticket);
  response.headers.emplace_back("Location", "/v1/tickets/" + std::to_string(answer.ticket->number.value()));
  co_return response;
}

http::Response TicketEntrance::refuse(const http::Request& request, const intake::Answer& answer) const {
  if (answer.error) return guard_.refuse(request, *answer.error);
  Errors errors;
  append_faults(errors, answer.faults);
  return guard_.refuse(request, "faults", http::error_response(422, errors), error_list(errors));
}

}  // namespace pointsman::rest
