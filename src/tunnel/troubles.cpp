// SPDX-License-Identifier: Apache-2.0
#include "tunnel/troubles.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"

namespace pointsman::tunnel {
namespace {

constexpr bool kHopeless = true, kMayPass = false;

struct NgrokError {
  int number;
  const char *code, *what, *mend;
  bool hopeless;
};

constexpr const char* kAddAuthtoken =
    "Copy the authtoken from your ngrok dashboard, run: ngrok config add-authtoken TOKEN - then start Pointsman again.";
constexpr const char* kUpdateNgrok =
    "Update the agent (ngrok update, or a new one from its maker's site), then start Pointsman again.";
constexpr const char* kReserve =
    "Use a domain that your ngrok dashboard lists under Domains with --tunnel-url, or leave --tunnel-url out to get your own "
    "dev domain.";
constexpr const char* kWaitOrPlan =
    "It passes when the limit is renewed; a larger ngrok plan or your own name with TLS (docs/teams.md) has none.";

constexpr std::array kNgrokErrors{
    NgrokError{4018, "no_authtoken", "ngrok has no authtoken: it needs a verified account.", kAddAuthtoken, kHopeless},
    NgrokError{105, "bad_authtoken", "ngrok's authtoken is malformed.", kAddAuthtoken, kHopeless},
    NgrokError{107, "bad_authtoken", "ngrok's authtoken was revoked or reset.", kAddAuthtoken, kHopeless},
    NgrokError{123, "unverified_account", "The e-mail address of your ngrok account is not verified.",
               "Follow the link in ngrok's mail, then start Pointsman again.", kHopeless},
    NgrokError{120, "too_old", "This ngrok is too old: its service does not take it any more.", kUpdateNgrok, kHopeless},
    NgrokError{121, "too_old", "This ngrok is too old for your account.", kUpdateNgrok, kHopeless},
    NgrokError{334, "already_online", "The address is already online: another ngrok holds it.",
               "Stop the other ngrok (ps, another machine, your ngrok dashboard under Endpoints), or ask for another address "
               "with --tunnel-url.",
               kMayPass},
    NgrokError{108, "too_many_agents", "Too many ngrok agents of your account are connected.",
               "Stop the others: your ngrok dashboard lists them under Agents.", kMayPass},
    NgrokError{319, "not_your_domain", "The address asked for is not reserved for your ngrok account.", kReserve, kHopeless},
    NgrokError{313, "not_your_domain", "Your ngrok plan does not include an address of your choice.", kReserve, kHopeless},
    NgrokError{314, "not_your_domain", "Your ngrok plan does not include that domain.", kReserve, kHopeless},
    NgrokError{320, "not_your_domain", "The address asked for belongs to another ngrok account.", kReserve, kHopeless},
    NgrokError{727, "limit", "The requests that your ngrok plan includes per month are used up.", kWaitOrPlan, kMayPass},
    NgrokError{725, "limit", "The bandwidth that your ngrok plan includes is used up.", kWaitOrPlan, kMayPass},
    NgrokError{734, "limit", "Requests come faster than your ngrok plan allows.", kWaitOrPlan, kMayPass},
    NgrokError{702, "limit", "Connections come faster than your ngrok plan allows.", kWaitOrPlan, kMayPass},
    NgrokError{9009, "proxy", "ngrok was told to use an HTTP proxy, which your plan does not include.",
               "Unset http_proxy and https_proxy for Pointsman, then start it again.", kHopeless},
    NgrokError{8012, "wrong_port", "ngrok is up but cannot reach this server: it sends to a port where nothing answers.",
               "Let Pointsman start the agent, without an own ngrok for another port beside it.", kMayPass},
    NgrokError{3004, "wrong_port",
               "What ngrok reaches does not speak HTTP: it sends to the wrong port, or to one that speaks HTTPS.",
               "Let Pointsman start the agent, and leave [server.tls] out.", kMayPass},
    NgrokError{3200, "offline", "The address is offline: no agent holds it.",
               "It comes back when the agent has connected again.", kMayPass},
};

// Words that stand in a line together.
struct Phrase {
  AgentKind kind;
  const char *words, *more_words;  // lower case; both must be there
  const char *code, *what, *mend;
  bool hopeless;
};

constexpr AgentKind kNgrok = AgentKind::kNgrok, kCloudflared = AgentKind::kCloudflared;
constexpr const char* kNoInternet = "Check this machine's internet connection, its DNS and its firewall.";
constexpr const char* kLater =
    "Wait some minutes; for daily use take ngrok's dev domain or your own name with TLS (docs/teams.md).";
constexpr const char* kNoRoute = "The internet is not reachable from here, so there is no tunnel.";

constexpr std::array kPhrases{
    Phrase{kNgrok, "unknown flag", "--url", "too_old", "This ngrok is too old: it does not know --url.", kUpdateNgrok,
           kHopeless},
    Phrase{kNgrok, "flag provided but not defined", "", "too_old", "This ngrok is too old: it does not know our options.",
           kUpdateNgrok, kHopeless},
    Phrase{kNgrok, "error reading configuration file", "", "bad_config", "ngrok cannot read its own configuration file.",
           "Check it with: ngrok config check - then start Pointsman again.", kHopeless},
    Phrase{kNgrok, "address already in use", "", "address_in_use", "ngrok's local interface finds its address in use.",
           "Stop the other ngrok on this machine, or give this one its own web_addr (ngrok config edit).", kMayPass},
    Phrase{kNgrok, "no such host", "", "no_internet", kNoRoute, kNoInternet, kMayPass},
    Phrase{kNgrok, "network is unreachable", "", "no_internet", kNoRoute, kNoInternet, kMayPass},
    Phrase{kNgrok, "i/o timeout", "", "no_internet", kNoRoute, kNoInternet, kMayPass},
    Phrase{kCloudflared, "429", "quick", "rate_limited", "The maker of cloudflared refuses more quick tunnels for now.", kLater,
           kMayPass},
    Phrase{kCloudflared, "too many requests", "", "rate_limited",
           "The maker of cloudflared refuses more quick tunnels for now.", kLater, kMayPass},
    Phrase{kCloudflared, "unmarshal", "quick", "rate_limited", "The maker of cloudflared gives no quick tunnel at the moment.",
           kLater, kMayPass},
    Phrase{kCloudflared, "failed to parse quick tunnel id", "", "rate_limited",
           "The maker of cloudflared gives no quick tunnel at the moment.", kLater, kMayPass},
    Phrase{kCloudflared, "failed to request quick tunnel", "", "no_internet",
           "cloudflared cannot reach the service that gives it an address.", kNoInternet, kMayPass},
    Phrase{kCloudflared, "failed to dial", "", "edge_blocked", "cloudflared has an address but cannot connect to its service.",
           "Let outgoing connections to port 7844 (TCP and UDP) through the firewall.", kMayPass},
    Phrase{kCloudflared, "address already in use", "", "address_in_use",
           "cloudflared's local interface finds its address in use.", "It is tried again with another one.", kMayPass},
    Phrase{kCloudflared, "flag provided but not defined", "", "too_old",
           "This cloudflared is too old: it does not know our options.",
           "Update it (cloudflared update, or a new one from its maker's site), then start Pointsman again.", kHopeless},
    Phrase{kCloudflared, "unable to reach the origin service", "", "wrong_port",
           "cloudflared is up but cannot reach this server: it sends to a port where nothing answers.",
           "Remove url and ingress from cloudflared's own configuration (~/.cloudflared/config.yml).", kMayPass},
};

std::optional<Trouble> ngrok_error_in(std::string_view line) {
  constexpr std::string_view kMark = "ERR_NGROK_";
  const std::size_t at = line.find(kMark);
  if (at == line.npos) return std::nullopt;
  int number = 0;
  const char* digits = line.data() + at + kMark.size();
  if (std::from_chars(digits, line.data() + line.size(), number).ec != std::errc{}) return std::nullopt;
  for (const NgrokError& error : kNgrokErrors)
    if (error.number == number)
      return Trouble{error.code, fmt::format("{} (ERR_NGROK_{})", error.what, number), error.mend, error.hopeless};
  return Trouble{"ngrok_error", fmt::format("ngrok reports ERR_NGROK_{}.", number),
                 fmt::format("Look up ERR_NGROK_{} in ngrok's documentation of its errors.", number), kMayPass};
}

std::string install_hint(AgentKind kind) {
  return fmt::format(
      "Install {0} (its maker's site says how; docs/teams.md says which to choose) so that `{0} version` works, then start "
      "again.",
      name(kind));
}

}  // namespace

std::optional<Trouble> trouble_in(AgentKind kind, std::string_view line) {
  if (kind == AgentKind::kNgrok)
    if (auto trouble = ngrok_error_in(line)) return trouble;
  const std::string lower = text::to_lower(line);
  for (const Phrase& phrase : kPhrases)
    if (phrase.kind == kind && lower.find(phrase.words) != lower.npos && lower.find(phrase.more_words) != lower.npos)
      return Trouble{phrase.code, phrase.what, phrase.mend, phrase.hopeless};
  return std::nullopt;
}

Trouble program_missing(AgentKind kind) {
  return {"not_installed", fmt::format("There is no program {} on the PATH.", name(kind)), install_hint(kind), kHopeless};
}

Trouble cannot_start(AgentKind kind, const std::string& why) {
  return {"cannot_start", fmt::format("{} could not be started: {}.", name(kind), why),
          fmt::format("Try `{} version` as the user that runs Pointsman.", name(kind)), kMayPass};
}

Trouble agent_ended(AgentKind kind, const std::string& how) {
  return {"ended", fmt::format("{} ended ({}).", name(kind), how),
          "It is started again. If that goes on, run it by hand and see what it says.", kMayPass};
}

Trouble no_address(AgentKind kind, long long seconds, const std::string& why) {
  return {"no_address", fmt::format("{} told no public address within {} s: {}.", name(kind), seconds, why),
          kind == AgentKind::kNgrok
              ? "Check the internet connection; if ngrok's configuration says web_addr: false, remove that line (ngrok config "
                "edit)."
              : "Check the internet connection; a ~/.cloudflared/config.yml prevents quick tunnels, move it away.",
          kMayPass};
}

Trouble went_silent(AgentKind kind, long long seconds, const std::string& why) {
  return {"silent", fmt::format("{} is running but useless for {} s: {}.", name(kind), seconds, why),
          "It is stopped and started again.", kMayPass};
}

Trouble other_port(AgentKind kind, std::uint16_t theirs, std::uint16_t ours) {
  return {
      "wrong_port", fmt::format("{} sends to port {}, not to {} where this server listens.", name(kind), theirs, ours),
      fmt::format("Stop the other {0} (or take its tunnel for port {1} out of its configuration); Pointsman starts its own.",
                  name(kind), theirs),
      kMayPass};
}

}  // namespace pointsman::tunnel
