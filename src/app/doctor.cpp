// SPDX-License-Identifier: Apache-2.0
#include "app/doctor.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <vector>

#include <arpa/inet.h>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "app/doctor_tunnel.h"
#include "app/finding.h"
#include "app/stores.h"
#include "app/table.h"

namespace pointsman::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLittleSpace = 1'000'000'000;  // bytes: some days of tickets for a large desk
constexpr std::uintmax_t kNoSpace = 50'000'000;
constexpr int kEarliestPlausibleYear = 2024;  // a clock before this program was written is certainly wrong

std::string megabytes(std::uintmax_t bytes) { return fmt::format("{} MB", bytes / 1'000'000); }

Finding check_space(const fs::path& directory) {
  std::error_code failed;
  fs::path existing = directory;
  while (!fs::exists(existing, failed) && existing.has_parent_path() && existing != existing.parent_path())
    existing = existing.parent_path();
  if (existing.empty()) existing = ".";
  const auto space = fs::space(existing, failed);
  if (failed) return {Grade::kWarning, "disk space", "cannot be read: " + failed.message(), "Look with: df -h " + directory.string()};
  const std::string what = megabytes(space.available) + " free";
  if (space.available < kNoSpace) return {Grade::kFault, "disk space", what, "Free some space, or move the data directory (--data)."};
  if (space.available < kLittleSpace) return {Grade::kWarning, "disk space", what, "Plan for more: about 2 KB a ticket."};
  return {Grade::kGood, "disk space", what, ""};
}

Finding check_clock(const Clock& clock) {
  const auto today = std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(clock.now())};
  const std::string now = format_rfc3339(clock.now());
  if (static_cast<int>(today.year()) < kEarliestPlausibleYear)
    return {Grade::kFault, "clock", "says " + now, "Set the time: messages from Teams would look as if they came from the future."};
  timex state{};
  const bool synchronised = adjtimex(&state) != TIME_ERROR;
  if (!synchronised)
    return {Grade::kWarning, "clock", "says " + now + ", and nothing keeps it right",
            "Turn on time synchronisation: timedatectl set-ntp true"};
  return {Grade::kGood, "clock", "says " + now + ", synchronised", ""};
}

Finding check_secrets(const config::Config& config) {
  if (config.teams.empty())
    return {Grade::kWarning, "Teams", "closed: no team has a secret",
            "Set POINTSMAN_TEAMS_SECRET to the security token that Teams showed, or add [[teams]] to the configuration."};
  std::string open;
  for (const config::Team& team : config.teams)
    open += fmt::format("{}/teams/{} ({})", open.empty() ? "" : ", ", team.name,
                        team.secrets.size() == 1 ? "one secret" : fmt::format("{} secrets", team.secrets.size()));
  return {Grade::kGood, "Teams", open, ""};
}

// Binds the address for a moment; a running Pointsman there is no fault.
Finding check_port(const config::Server& server) {
  const std::string where = fmt::format("{}:{}", server.address, server.port);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(server.address.c_str(), std::to_string(server.port).c_str(), &hints, &found) != 0)
    return {Grade::kFault, "address", server.address + " is no address", "Set [server] listen to ADDRESS:PORT, for example 127.0.0.1:5000."};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
  const int fd = socket(found->ai_family, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const int failed = bind(fd, found->ai_addr, found->ai_addrlen) == 0 ? 0 : errno;
  close(fd);
  if (failed == 0) return {Grade::kGood, "address", where + " is free", ""};
  if (failed == EADDRINUSE)
    return {Grade::kWarning, "address", where + " is in use, perhaps by a running Pointsman",
            "See who it is: ss -ltnp 'sport = :" + std::to_string(server.port) + "'; or serve elsewhere with --listen."};
  return {Grade::kFault, "address", where + ": " + std::strerror(failed), "Choose another address or port with --listen."};
}

Finding check_ledger(const config::Config& config) {
  SystemClock clock;
  Metrics metrics;
  const Logger log(STDERR_FILENO, Logger::Form::kHuman, LogLevel::kError, clock);
  boost::asio::io_context io;
  const auto stores = Stores::open(io, config, clock, metrics, log);
  if (!stores) return {Grade::kFault, "ledger", stores.error().what, "The sentence above says what to do."};
  const ledger::Health health = (*stores)->ledger().health();
  if (!health.can_write) return {Grade::kFault, "ledger", health.why, "The sentence above says what to do."};
  return {Grade::kGood, "ledger", ledger_file(config) + " opens and can be written", ""};
}

std::string_view word_for(Grade grade) {
  switch (grade) {
    case Grade::kGood: return "ok";
    case Grade::kWarning: return "warning";
    case Grade::kFault: return "fault";
  }
  return "fault";
}

void print_human(const std::vector<Finding>& findings) {
  const bool colours = is_terminal(STDOUT_FILENO);
  for (const Finding& finding : findings) {
    const std::string_view colour = finding.grade == Grade::kGood ? "\x1b[32m" : finding.grade == Grade::kWarning ? "\x1b[33m" : "\x1b[31m";
    print(fmt::format("{}{:<8}{} {:<12} {}\n", colours ? colour : "", word_for(finding.grade), colours ? "\x1b[0m" : "",
                      finding.subject, printable(finding.what)));
    if (!finding.mend.empty()) print(fmt::format("{:22}-> {}\n", "", printable(finding.mend)));
  }
}

void print_json(const std::vector<Finding>& findings, bool healthy) {
  boost::json::array list;
  for (const Finding& finding : findings)
    list.push_back({{"subject", finding.subject}, {"grade", word_for(finding.grade)}, {"what", finding.what}, {"mend", finding.mend}});
  print(boost::json::serialize(boost::json::object{{"ok", healthy}, {"findings", std::move(list)}}) + "\n");
}

}  // namespace

int doctor(const Globals& globals, const DoctorArgs& args) {
  const auto config = load_config(globals);
  if (!config) return kFailed;
  const std::string file = config_path(globals);
  std::vector<Finding> findings{{Grade::kGood, "configuration", file.empty() ? "no file, all defaults" : file, ""}};
  findings.push_back(check_secrets(*config));
  findings.push_back(check_ledger(*config));
  findings.push_back(check_space(config->data_dir));
  findings.push_back(check_clock(SystemClock{}));
  findings.push_back(check_port(config->server));
  if (const auto agent = tunnel::agent_kind(args.tunnel))
    for (Finding& finding : check_tunnel(*agent, config->server)) findings.push_back(std::move(finding));

  bool healthy = true;
  for (const Finding& finding : findings) healthy = healthy && finding.grade != Grade::kFault;
  if (globals.json) print_json(findings, healthy);
  else print_human(findings);
  return healthy ? kDone : kFailed;
}

}  // namespace pointsman::app
