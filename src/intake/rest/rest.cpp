// SPDX-License-Identifier: Apache-2.0
#include "intake/rest/rest.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "net/json_answer.h"

namespace pointsman::rest {
namespace json = boost::json;
namespace {

using Errors = std::vector<http::ApiError>;

// Reads the members of a request one by one; what has the wrong type becomes an error beside the others.
class BodyReader {
 public:
  BodyReader(const json::object& body, Errors& errors) : body_(body), errors_(errors) {}

  std::optional<std::string> text(std::string_view member) { return text_of(body_, member, member); }

  Person requester(std::string_view fallback_id) {
    const json::value* given = body_.if_contains("requester");
    if (given == nullptr || given->is_null()) return {std::string(fallback_id), std::string(fallback_id)};
    if (given->is_string()) return {std::string(given->get_string()), std::string(given->get_string())};
    if (!given->is_object()) {
      errors_.push_back({"requester", "wrong_type", "\"requester\" must be an object with \"id\" and \"name\", or a text."});
      return {};
    }
    const std::string id = text_of(given->get_object(), "id", "requester.id").value_or(std::string(fallback_id));
    return {id, text_of(given->get_object(), "name", "requester.name").value_or(id)};
  }

  std::vector<Field> fields(const std::vector<FieldRule>& rules) {
    std::vector<Field> found;
    const json::value* given = body_.if_contains("fields");
    if (given == nullptr || given->is_null()) return found;
    if (!given->is_object()) {
      errors_.push_back({"fields", "wrong_type", "\"fields\" must be an object of texts."});
      return found;
    }
    for (const FieldRule& rule : rules)
      if (auto value = text_of(given->get_object(), rule.name, rule.name)) found.push_back({rule.name, std::move(*value)});
    return found;
  }

 private:
  std::optional<std::string> text_of(const json::object& from, std::string_view member, std::string_view shown) {
    const json::value* given = from.if_contains(member);
    if (given == nullptr || given->is_null()) return std::nullopt;
    if (given->is_string()) return std::string(given->get_string());
    errors_.push_back({std::string(shown), "wrong_type", "\"" + std::string(shown) + "\" must be a text."});
    return std::nullopt;
  }

  const json::object& body_;
  Errors& errors_;
};

// Where `value` is valid JSON but no object, or no JSON at all, the answer says which.
std::optional<json::object> parse_object(std::string_view body, std::string& fault) {
  json::error_code failed;
  json::value value = json::parse(body, failed);
  if (failed) {
    fault = "The body is not valid JSON: " + failed.message() + ".";
    return std::nullopt;
  }
  if (!value.is_object()) {
    fault = "The body must be a JSON object.";
    return std::nullopt;
  }
  return std::move(value.get_object());
}

Errors to_errors(const std::vector<Fault>& faults) {
  Errors errors;
  for (const Fault& fault : faults) errors.push_back({fault.field, name(fault.code), describe(fault)});
  return errors;
}

http::Response to_response(const intake::Answer& answer) {
  switch (answer.outcome) {
    case intake::Outcome::kFiled:
    case intake::Outcome::kSameDelivery:
    case intake::Outcome::kSameWords: {
      http::Response response;
      response.status = answer.outcome == intake::Outcome::kFiled ? 201 : 200;
      response.body = to_json(*answer.ticket);
      response.headers.emplace_back("Location", "/v1/tickets/" + std::to_string(answer.ticket->number.value()));
      return response;
    }
    case intake::Outcome::kFaults: return http::error_response(422, to_errors(answer.faults));
    default: break;
  }
  if (answer.error) return http::error_response(*answer.error);
  return http::error_response(422, "too_old", "The message is too old to be filed.");
}

}  // namespace

TicketEntrance::TicketEntrance(const http::BearerTokens& tokens, const Rules& rules, intake::Intake& intake, const Logger& log)
    : tokens_(tokens), rules_(rules), intake_(intake), log_(log) {}

http::net::awaitable<http::Response> TicketEntrance::handle(http::Request request) {
  const std::string holder{tokens_.holder(request.header("authorization"))};
  if (holder.empty()) {
    log_.warn("refused", {{"kind", "signature"}, {"reason", "bad_token"}, {"client", request.client}});
    co_return http::error_response(401, "unauthorized", "Send a valid API token as \"Authorization: Bearer TOKEN\".");
  }
  std::string fault;
  const auto body = parse_object(request.body, fault);
  if (!body) co_return http::error_response(400, "malformed", fault);
  const std::string_view key = request.header("idempotency-key");
  if (key.size() > kLongestIdempotencyKey)
    co_return http::error_response(422, {{"Idempotency-Key", "too_long", "An Idempotency-Key has at most 255 bytes."}});

  Errors errors;
  BodyReader reader(*body, errors);
  Message origin;
  origin.source = "rest";
  origin.conversation = holder;
  origin.message_id = std::string(key);
  origin.requester = reader.requester(holder);
  Draft draft;
  draft.problem = reader.text("problem");
  draft.priority = reader.text("priority");
  draft.description = reader.text("description");
  draft.fields = reader.fields(rules_.format.fields);
  draft.language = rules_.format.languages.front().language;
  if (!errors.empty()) co_return http::error_response(422, errors);

  const intake::Answer answer = co_await intake_.file(std::move(origin), std::move(draft));
  if (answer.ticket)
    log_.info(name(answer.outcome), {{"ticket", answer.ticket->number.value()}, {"queue", answer.ticket->queue}, {"token", holder}});
  else
    log_.warn(name(answer.outcome), {{"kind", !answer.error ? "requester" : answer.outcome == intake::Outcome::kOverloaded ? "limit" : "state"},
                                     {"reason", answer.error ? answer.error->what : std::to_string(answer.faults.size()) + " faults"},
                                     {"token", holder}});
  co_return to_response(answer);
}

}  // namespace pointsman::rest
