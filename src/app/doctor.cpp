// SPDX-License-Identifier: Apache-2.0
#include "app/doctor.h"


#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "app/doctor_tunnel.h"
#include "app/finding.h"
#include "app/machine_checks.h"
#include "app/running_server.h"
#include "app/table.h"
#include "net/tls.h"

namespace pointsman::app {
namespace {

Finding check_teams(const config::Config& config) {
  if (config.teams.empty())
    return {Grade::kWarning, "Teams", "closed: no team has a secret",
            "Set POINTSMAN_TEAMS_SECRET to the security token that Teams showed, or add [[teams]] to the configuration."};
  std::string open;
  for (const config::Team& team : config.teams)
    open += fmt::format("{}/teams/{} ({})", open.empty() ? "" : ", ", team.name,
                        team.secrets.size() == 1 ? "one secret" : fmt::format("{} secrets", team.secrets.size()));
  return {Grade::kGood, "Teams", open, ""};
}

Finding check_rest(const config::Config& config) {
  if (config.api_tokens.empty())
    return {Grade::kWarning, "REST", "closed: there is no API token",
            "Set POINTSMAN_API_TOKEN to a long random text (openssl rand -hex 32), or add [[api_token]] to the configuration."};
  std::string names;
  for (const config::ApiToken& token : config.api_tokens) names += (names.empty() ? "" : ", ") + token.name;
  return {Grade::kGood, "REST", "open to: " + names, ""};
}

Finding check_tls(const config::Tls& tls) {
  Metrics unread;
  const auto loaded = http::TlsCertificate::load({tls.certificate_file, tls.key_file}, unread);
  if (!loaded) return {Grade::kFault, "TLS", loaded.error().what, "Mend the files named in [server.tls]."};
  return {Grade::kGood, "TLS", tls.certificate_file + " and its key belong together", ""};
}

// The address, and who answers there when it is taken.
void check_server(const config::Config& config, Findings& findings) {
  Finding address = check_address(config.server);
  Findings running;
  if (address.grade == Grade::kWarning && !config.server.tls) running = check_running_server(config);
  if (!running.empty()) address = {Grade::kGood, "address", address.what + " by a running Pointsman", ""};
  findings.push_back(std::move(address));
  for (Finding& finding : running) findings.push_back(std::move(finding));
}

std::string_view word_for(Grade grade) {
  switch (grade) {
    case Grade::kGood: return "ok";
    case Grade::kWarning: return "warning";
    case Grade::kFault: return "fault";
  }
  return "fault";
}

void print_human(const Findings& findings) {
  const bool colours = is_terminal(STDOUT_FILENO);
  for (const Finding& finding : findings) {
    const std::string_view colour = finding.grade == Grade::kGood ? "\x1b[32m" : finding.grade == Grade::kWarning ? "\x1b[33m" : "\x1b[31m";
    print(fmt::format("{}{:<8}{} {:<14} {}\n", colours ? colour : "", word_for(finding.grade), colours ? "\x1b[0m" : "",
                      finding.subject, printable(finding.what)));
    if (!finding.mend.empty()) print(fmt::format("{:24}-> {}\n", "", printable(finding.mend)));
  }
}

void print_findings_json(const Findings& findings, bool healthy) {
  boost::json::array list;
  for (const Finding& finding : findings)
    list.push_back({{"subject", finding.subject}, {"grade", word_for(finding.grade)}, {"what", finding.what}, {"mend", finding.mend}});
  print_json(boost::json::serialize(boost::json::object{{"ok", healthy}, {"findings", std::move(list)}}));
}

// What there is to find without a configuration that can be used.
Findings faults_of_configuration(const std::vector<config::Problem>& problems) {
  Findings findings;
  for (const config::Problem& problem : problems)
    findings.push_back({Grade::kFault, "configuration", describe(problem), "Mend that line; docs/configuration.md explains every key."});
  return findings;
}

Findings all_checks(const Globals& globals, const config::Config& config, const DoctorArgs& args) {
  const std::string file = config_path(globals);
  Findings findings{{Grade::kGood, "configuration", file.empty() ? "no file, all defaults" : file, ""}};
  findings.push_back(check_teams(config));
  findings.push_back(check_rest(config));
  findings.push_back(check_data_directory(config));
  findings.push_back(check_ledger(config));
  findings.push_back(check_space(config));
  findings.push_back(check_clock());
  if (config.server.tls) findings.push_back(check_tls(*config.server.tls));
  check_server(config, findings);
  if (const auto agent = tunnel::agent_kind(args.tunnel))
    for (Finding& finding : check_tunnel(*agent, config.server)) findings.push_back(std::move(finding));
  return findings;
}

}  // namespace

int doctor(const Globals& globals, const DoctorArgs& args) {
  auto config = read_config(globals);
  if (config && !args.listen.empty() && !config::set_listen(args.listen, config->server))
    return report_wrong_use(globals, fmt::format("--listen {}.", config::kListenLooksLike));
  const Findings findings = config ? all_checks(globals, *config, args) : faults_of_configuration(config.error());
  bool healthy = true;
  for (const Finding& finding : findings) healthy = healthy && finding.grade != Grade::kFault;
  if (globals.json) print_findings_json(findings, healthy);
  else print_human(findings);
  return healthy ? kDone : kFailed;
}

}  // namespace pointsman::app
