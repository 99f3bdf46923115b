// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/webhook.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.h"
#include "intake/teams/activity.h"
#include "intake/teams/activity_reply.h"

namespace pointsman::teams {
namespace {

constexpr std::size_t kSendersRemembered = 100'000;

// What a refusal looks like from outside and in the log.
struct RefusalLook {
  std::string_view reason;  // in metrics and log
  std::string_view kind;    // whose fault: requester, signature, limit
  int status;
};
constexpr std::array<RefusalLook, 8> kLooks{{
    {"no_such_team", "requester", 404},
    {"not_json", "requester", 415},
    {"bad_signature", "signature", 401},
    {"wrong_tenant", "signature", 403},
    {"sender_limit", "limit", 429},
    {"team_limit", "limit", 429},
    {"malformed", "requester", 400},
    {"json_too_deep", "limit", 400},
}};

bool is_json(std::string_view content_type) {
  const std::string_view type = text::trim(content_type.substr(0, content_type.find(';')));
  return text::equal_ignoring_case(type, "application/json");
}

bool is_listed(const std::vector<std::string>& tenants, std::string_view tenant) {
  for (const std::string& listed : tenants)
    if (text::equal_ignoring_case(listed, tenant)) return true;
  return tenants.empty();
}

// Of an outcome that files nothing: whose doing that was, for the log.
std::string_view kind_of(intake::Outcome outcome) {
  switch (outcome) {
    case intake::Outcome::kFaults:
    case intake::Outcome::kTooOld: return "requester";
    case intake::Outcome::kOverloaded: return "limit";
    case intake::Outcome::kNotStored:
    case intake::Outcome::kUncertain: return "state";
    default: return {};
  }
}

std::string fault_list(const std::vector<Fault>& faults) {
  std::string out;
  for (const Fault& fault : faults) {
    if (!out.empty()) out += ' ';
    out += fault.field + ':' + pointsman::name(fault.code);
  }
  return out;
}

std::string reason_of(const intake::Answer& answer) {
  if (answer.outcome == intake::Outcome::kTooOld) return "max_message_age";  // the setting, as with limits
  return answer.error ? answer.error->what : fault_list(answer.faults);
}

}  // namespace

struct Webhook::Counters {
  std::array<Counter*, kLooks.size()> refused;
  Histogram& seconds;

  explicit Counters(Metrics& metrics)
      : seconds(metrics.histogram("pointsman_teams_seconds", "Time to answer a genuine Teams message.")) {
    for (std::size_t i = 0; i < kLooks.size(); ++i)
      refused[i] = &metrics.counter("pointsman_teams_refused_total", "Teams calls refused before intake, by reason.",
                                    {{"reason", std::string(kLooks[i].reason)}});
  }
};

Webhook::Webhook(std::vector<Team> teams, WebhookOptions options, intake::Intake& intake, const Clock& clock, Metrics& metrics,
                 const Logger& log)
    : options_(options),
      intake_(intake),
      clock_(clock),
      log_(log),
      senders_(options.messages_per_sender_per_minute, kSendersRemembered),
      by_team_(options.messages_per_team_per_minute, teams.size() + 1),
      counters_(std::make_unique<Counters>(metrics)) {
  for (Team& team : teams) {
    std::string name = team.name;
    teams_.emplace(std::move(name), std::move(team));
  }
}

Webhook::~Webhook() = default;

http::Response Webhook::refuse(Refusal why, std::string_view team, const http::Request& request) {
  const RefusalLook& look = kLooks[static_cast<std::size_t>(why)];
  counters_->refused[static_cast<std::size_t>(why)]->add();
  log_.warn("refused", {{"kind", look.kind}, {"reason", look.reason}, {"status", look.status}, {"team", team},
                        {"client", request.client}, {"bytes", request.body.size()}});
  http::Response response{.status = look.status, .body = {}, .content_type = {}, .headers = {}};
  const int per_minute = why == Refusal::kSenderLimit ? options_.messages_per_sender_per_minute : options_.messages_per_team_per_minute;
  if (look.status == 429) response.headers.emplace_back("Retry-After", std::to_string((59 + per_minute) / std::max(per_minute, 1)));
  return response;
}

bool Webhook::within_limits(const Team& team, const Message& message, Refusal& why) {
  const Instant now = clock_.now();
  why = Refusal::kSenderLimit;
  if (!senders_.allow(team.name + '\x1f' + message.tenant + '\x1f' + message.requester.id, now)) return false;
  why = Refusal::kTeamLimit;
  return by_team_.allow(team.name, now);
}

http::net::awaitable<http::Response> Webhook::handle(http::Request request) {
  const auto begun = std::chrono::steady_clock::now();
  const auto at = teams_.find(std::string(request.param("name")));
  if (at == teams_.end()) co_return refuse(Refusal::kNoTeam, "?", request);
  const Team& team = at->second;
  // Proof first: nothing of a body is looked at before it is known to be genuine.
  if (!signed_by_any(team.keys, request.body, request.header("authorization")))
    co_return refuse(Refusal::kSignature, team.name, request);
  if (!is_json(request.header("content-type"))) co_return refuse(Refusal::kNotJson, team.name, request);
  Result<Message> message = decode_activity(request.body, options_.json_depth);
  if (!message) co_return refuse(message.error().code == Errc::kFull ? Refusal::kTooDeep : Refusal::kMalformed, team.name, request);
  if (!is_listed(team.tenants, message->tenant)) co_return refuse(Refusal::kTenant, team.name, request);
  Refusal why{};
  if (!within_limits(team, *message, why)) co_return refuse(why, team.name, request);

  message->team = team.name;
  const intake::Answer answer = co_await intake_.take(std::move(*message));
  log_answer(answer, team.name, request);
  counters_->seconds.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());

  http::Response response;
  response.body = options_.reply_as_card ? card_activity(answer.reply) : markdown_activity(answer.reply);
  if (answer.outcome == intake::Outcome::kOverloaded) {
    response.status = 503;
    const auto wait = answer.error->retry_after.value_or(std::chrono::seconds{1});
    response.headers.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count())));
  }
  co_return response;
}

void Webhook::log_answer(const intake::Answer& answer, std::string_view team, const http::Request& request) const {
  if (answer.ticket) {
    log_.info(name(answer.outcome), {{"ticket", answer.ticket->number.value()}, {"queue", answer.ticket->queue}, {"team", team}});
    return;
  }
  const std::string_view kind = kind_of(answer.outcome);
  if (kind.empty()) {
    log_.info(name(answer.outcome), {{"team", team}});
    return;
  }
  const std::string reason = reason_of(answer);
  const LogLevel level = kind == "state" ? LogLevel::kError : LogLevel::kWarn;
  log_.write(level, name(answer.outcome), {{"kind", kind}, {"reason", reason}, {"team", team}, {"client", request.client}});
}

}  // namespace pointsman::teams
