// SPDX-License-Identifier: Apache-2.0
//
// intake/teams/webhook.h: answers POST /teams/NAME, the call of a Teams outgoing webhook.
//
//   200 and an Activity   every genuine message, filed or not
//   401, empty            no signature, or one that none of the team's live keys made
//   403, empty            genuine, but from an organisation that is not on the team's list
//   404                   no such team
//   400                   genuine, but no JSON object, or nested deeper than is taken
//   415                   not JSON
//   429                   the sender's, or the team's, limit is reached
//   503 and an Activity   too much is waiting to be stored
//
// Threads: the I/O loop.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/rate_limit.h"
#include "intake/intake.h"
#include "intake/teams/signature.h"
#include "net/http_server.h"

namespace pointsman::teams {

struct Team {
  std::string name;
  std::vector<WebhookKey> keys;
  std::vector<std::string> tenants;  // empty: any
};

struct WebhookOptions {
  bool reply_as_card = false;
  int messages_per_sender_per_minute = 60;  // 0: no limit
  int messages_per_team_per_minute = 0;     // 0: no limit
  int json_depth = 32;
};

class Webhook {
 public:
  Webhook(std::vector<Team> teams, WebhookOptions options, intake::Intake& intake, const Clock& clock, Metrics& metrics,
          const Logger& log);

  ~Webhook();

  http::net::awaitable<http::Response> handle(http::Request request);

 private:
  struct Counters;
  enum class Refusal { kNoTeam, kNotJson, kSignature, kTenant, kSenderLimit, kTeamLimit, kMalformed, kTooDeep };

  http::Response refuse(Refusal why, std::string_view team, const http::Request& request);
  void log_answer(const intake::Answer& answer, std::string_view team, const http::Request& request) const;
  bool within_limits(const Team& team, const Message& message, Refusal& why);

  std::unordered_map<std::string, Team> teams_;
  WebhookOptions options_;
  intake::Intake& intake_;
  const Clock& clock_;
  const Logger& log_;
  RateLimiter senders_, by_team_;
  std::unique_ptr<Counters> counters_;
};

}  // namespace pointsman::teams
