// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "base/text.h"
#include "config/config.h"
#include "config/section.h"

namespace pointsman::config {
namespace {

constexpr std::size_t kMostSecrets = 2;  // one in use, one that is being changed to
constexpr std::int64_t kMegabyte = 1024 * 1024;
constexpr seconds kDay{24 * 3600};

void read_listen(Section& section, Server& server) {
  std::string listen;
  section.text("listen", listen);
  if (listen.empty()) return;
  const std::size_t colon = listen.rfind(':');
  std::uint16_t port = 0;
  const char* end = listen.data() + listen.size();
  const auto parsed = colon == listen.npos ? std::from_chars_result{listen.data(), std::errc::invalid_argument}
                                           : std::from_chars(listen.data() + colon + 1, end, port);
  if (parsed.ec != std::errc{} || parsed.ptr != end || colon == 0)
    return section.wrong("listen", "must be ADDRESS:PORT, for example \"127.0.0.1:5000\" or \"[::1]:5000\"");
  server.address = listen.substr(0, colon);
  if (server.address.front() == '[' && server.address.back() == ']') server.address = server.address.substr(1, server.address.size() - 2);
  server.port = port;
}

void read_server(Section section, Server& server) {
  read_listen(section, server);
  section.texts("trusted_proxies", server.trusted_proxies);
  section.text("public_url", server.public_url);
  Section tls = section.sub("tls");
  if (tls.present()) {
    server.tls.emplace();
    tls.text("certificate", server.tls->certificate_file);
    tls.text("key", server.tls->key_file);
    if (server.tls->certificate_file.empty()) tls.wrong("certificate", "is missing: the file with the certificate chain, PEM");
    if (server.tls->key_file.empty()) tls.wrong("key", "is missing: the file with the private key, PEM");
  }
  tls.finish();
  section.finish();
}

bool is_good_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// The name of one of several things, which must be fit for paths and different from the others'.
void read_name(Section& section, std::string& name, std::set<std::string>& taken) {
  section.text("name", name);
  if (!is_good_name(name)) section.wrong("name", "is needed: 1 to 64 letters, digits, '-' or '_'");
  else if (!taken.insert(name).second) section.wrong("name", fmt::format("\"{}\" stands twice; each needs its own", name));
}

void read_teams(Section& root, Config& config) {
  std::set<std::string> names;
  root.each("teams", [&](Section& section) {
    Team team;
    read_name(section, team.name, names);
    team.secrets = section.secrets("secret");
    section.texts("tenants", team.tenants);
    if (team.secrets.empty()) section.wrong("secret", "is missing: the security token that Teams showed when the outgoing webhook was made");
    if (team.secrets.size() > kMostSecrets) section.wrong("secret", "at most two secrets are live at once: the old one and the new one");
    config.teams.push_back(std::move(team));
  });
}

void read_tokens(Section& root, Config& config) {
  constexpr std::size_t kShortestToken = 16;
  std::set<std::string> names;
  root.each("api_token", [&](Section& section) {
    ApiToken token;
    read_name(section, token.name, names);
    const std::vector<Secret> secrets = section.secrets("token");
    if (secrets.size() != 1) section.wrong("token", "one token is needed, as token, token_env or token_file");
    else if (secrets.front().reveal().size() < kShortestToken)
      section.wrong("token", fmt::format("is too short to be safe: at least {} characters; make one with: openssl rand -hex 32", kShortestToken));
    else token.token = secrets.front();
    config.api_tokens.push_back(std::move(token));
  });
}

void read_intake(Section section, Intake& intake) {
  section.duration("same_words_window", intake.same_words_window, seconds{0}, seconds{3600});
  section.duration("max_message_age", intake.max_message_age, seconds{0}, 30 * kDay);
  std::string reply = "markdown";
  section.choice("reply", reply, {"markdown", "card"});
  intake.reply_as_card = reply == "card";
  section.finish();
}

void read_limits(Section section, Limits& limits, TextLimits& texts) {
  section.integer("body_bytes", limits.body_bytes, 1024, 16 * kMegabyte);
  section.integer("header_bytes", limits.header_bytes, 1024, kMegabyte);
  section.integer("header_fields", limits.header_fields, 8, 10'000);
  section.integer("json_depth", limits.json_depth, 4, 1'000);
  section.integer("connections", limits.connections, 1, 1'000'000);
  section.integer("connections_per_address", limits.connections_per_address, 0, 1'000'000);
  section.duration("header_deadline", limits.header_deadline, seconds{1}, seconds{3600});
  section.duration("body_deadline", limits.body_deadline, seconds{1}, seconds{3600});
  section.duration("idle_deadline", limits.idle_deadline, seconds{1}, seconds{3600});
  section.duration("write_deadline", limits.write_deadline, seconds{1}, seconds{3600});
  section.duration("drain_deadline", limits.drain_deadline, seconds{0}, seconds{3600});
  section.duration("storing_deadline", limits.storing_deadline, seconds{1}, seconds{60});
  section.integer("messages_per_sender_per_minute", limits.messages_per_sender_per_minute, 0, 1'000'000);
  section.integer("messages_per_team_per_minute", limits.messages_per_team_per_minute, 0, 10'000'000);
  section.integer("waiting_commits", limits.waiting_commits, 1, 1'000'000);
  section.integer("queue_depth", limits.queue_depth, 0, 1'000'000'000);
  section.integer("problem_characters", texts.problem, 1, 10'000);
  section.integer("description_characters", texts.description, 1, 200'000);
  section.integer("field_characters", texts.field, 1, 10'000);
  section.finish();
}

void read_queue(Section section, Queue& queue) {
  section.choice("backend", queue.backend, {"embedded"});
  section.integer("max_receive_count", queue.max_receive_count, 0, 1'000);
  section.duration("retention", queue.retention, seconds{60}, 14 * kDay);
  section.finish();
}

void read_log(Section section, Log& log) {
  section.choice("level", log.level, {"debug", "info", "warn", "error"});
  section.choice("form", log.form, {"auto", "human", "json"});
  section.finish();
}

void read_priorities(Section& root, std::vector<PriorityLevel>& levels) {
  std::vector<PriorityLevel> given;
  std::set<std::string> names, words;
  root.each("priority", [&](Section& section) {
    PriorityLevel level;
    read_name(section, level.name, names);
    level.queue = level.name;
    section.texts("aliases", level.aliases);
    section.text("queue", level.queue);
    if (!is_good_name(level.queue)) section.wrong("queue", "a queue's name is 1 to 64 letters, digits, '-' or '_'");
    if (level.queue.ends_with("-dlq")) section.wrong("queue", "names that end in -dlq belong to the dead-letter queues");
    for (const std::string& word : level.aliases)
      if (!words.insert(text::to_lower(word)).second) section.wrong("aliases", fmt::format("\"{}\" stands for two priorities", word));
    given.push_back(std::move(level));
  });
  if (!given.empty()) levels = std::move(given);
}

void read_fields(Section& root, std::vector<FieldRule>& fields) {
  std::set<std::string> names{"problem", "priority", "description"};
  root.each("field", [&](Section& section) {
    FieldRule field;
    section.text("name", field.name);
    if (text::trim(field.name).empty() || field.name.size() > 64 || field.name.find_first_of(":=\n") != field.name.npos)
      section.wrong("name", "is needed: what people write before the colon, 1 to 64 characters");
    else if (!names.insert(text::to_lower(field.name)).second)
      section.wrong("name", fmt::format("\"{}\" is there already", field.name));
    section.texts("labels", field.labels);
    section.flag("required", field.required);
    section.texts("allowed", field.allowed);
    fields.push_back(std::move(field));
  });
}

// A [[language]] replaces the label words of a built-in language one list at a time, or adds a language.
void read_languages(Section& root, std::vector<LanguageLabels>& languages) {
  root.each("language", [&](Section& section) {
    std::string name;
    section.text("name", name);
    if (!is_good_name(name)) return section.wrong("name", "is needed: a language's short name, for example \"en\"");
    auto at = std::find_if(languages.begin(), languages.end(), [&name](const LanguageLabels& l) { return l.language == name; });
    if (at == languages.end()) at = languages.insert(languages.end(), {name, {}, {}, {}});
    section.texts("problem", at->problem);
    section.texts("priority", at->priority);
    section.texts("description", at->description);
    if (at->problem.empty() || at->priority.empty() || at->description.empty())
      section.wrong("name", "a language needs words for problem, priority and description");
  });
}

void read_default_language(Section& root, std::vector<LanguageLabels>& languages) {
  std::string name = languages.front().language;
  root.text("language_default", name);
  const auto at = std::find_if(languages.begin(), languages.end(), [&name](const LanguageLabels& l) { return l.language == name; });
  if (at == languages.end()) return root.wrong("language_default", fmt::format("there is no language \"{}\"", name));
  std::rotate(languages.begin(), at, at + 1);
}

void add_from_environment(const Environment& environment, Config& config) {
  const auto value_of = [&environment](const char* name) {
    const auto at = environment.find(name);
    return at == environment.end() ? std::string_view{} : text::trim(at->second);
  };
  if (const std::string_view secret = value_of("POINTSMAN_TEAMS_SECRET"); config.teams.empty() && !secret.empty())
    config.teams.push_back({"default", {Secret(std::string(secret))}, {}});
  if (const std::string_view token = value_of("POINTSMAN_API_TOKEN"); config.api_tokens.empty() && !token.empty())
    config.api_tokens.push_back({"default", Secret(std::string(token))});
}

void read_root(Section& root, Config& config) {
  read_server(root.sub("server"), config.server);
  Section storage = root.sub("storage");
  storage.text("path", config.data_dir);
  if (config.data_dir.empty()) storage.wrong("path", "must not be empty");
  storage.finish();
  read_teams(root, config);
  read_tokens(root, config);
  read_intake(root.sub("intake"), config.intake);
  read_limits(root.sub("limits"), config.limits, config.rules.limits);
  read_queue(root.sub("queue"), config.queue);
  read_log(root.sub("log"), config.log);
  read_priorities(root, config.rules.priorities);
  read_fields(root, config.rules.format.fields);
  read_languages(root, config.rules.format.languages);
  read_default_language(root, config.rules.format.languages);
  root.finish();
}

}  // namespace

tl::expected<Config, std::vector<Problem>> read(std::string_view text, const std::string& file, const Environment& environment) {
  std::vector<Problem> problems;
  const toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    const auto& at = parsed.error().source().begin;
    problems.push_back({file, at.line, at.column, fmt::format("this is not TOML: {}", parsed.error().description())});
    return tl::unexpected(std::move(problems));
  }
  Config config;
  config.rules.priorities = built_in_priorities();
  config.rules.format.languages = built_in_languages();
  Source source{file, environment, problems};
  Section root(&parsed.table(), "", source);
  read_root(root, config);
  if (!problems.empty()) {
    std::stable_sort(problems.begin(), problems.end(),
                     [](const Problem& a, const Problem& b) { return std::tie(a.line, a.column) < std::tie(b.line, b.column); });
    return tl::unexpected(std::move(problems));
  }
  add_from_environment(environment, config);
  return config;
}

tl::expected<Config, std::vector<Problem>> read_file(const std::string& path, const Environment& environment) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path))
    return tl::unexpected(std::vector<Problem>{{path, 0, 0, "the configuration file cannot be read; check its name and permissions"}});
  std::ostringstream content;
  content << file.rdbuf();
  return read(content.str(), path, environment);
}

}  // namespace pointsman::config
