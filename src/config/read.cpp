// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "base/signing_key.h"
#include "base/small_file.h"
#include "base/text.h"
#include "config/config.h"
#include "config/section.h"

namespace pointsman::config {
namespace {

constexpr std::size_t kMostSecrets = 2;  // one in use, one that is being changed to
constexpr std::int64_t kMegabyte = 1024 * 1024;
constexpr std::size_t kLongestFile = kMegabyte;  // bytes of a configuration: a thousand teams need a tenth
constexpr seconds kDay{24 * 3600};

// "10.1.2.3", "::1"; with `may_be_network` also "10.0.0.0/8".
bool is_address(std::string text, bool may_be_network) {
  std::array<unsigned char, sizeof(in6_addr)> bytes;
  int prefix = -1;
  if (const std::size_t slash = text.find('/'); may_be_network && slash != text.npos) {
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + slash + 1, end, prefix);
    if (parsed.ec != std::errc{} || parsed.ptr != end || prefix < 0) return false;
    text.resize(slash);
  }
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return prefix <= 32;
  return inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1 && prefix <= 128;
}

void read_listen(Section& section, Server& server) {
  std::string listen = fmt::format("{}:{}", server.address, server.port);
  section.text("listen", listen);
  if (!set_listen(listen, server)) section.wrong("listen", kListenLooksLike);
}

void read_server(Section section, Server& server) {
  read_listen(section, server);
  section.texts("trusted_proxies", server.trusted_proxies);
  for (const std::string& proxy : server.trusted_proxies)
    if (!is_address(proxy, true))
      section.wrong("trusted_proxies", fmt::format("\"{}\" is neither an address nor a network like 10.0.0.0/8", proxy));
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

std::string fault_of_teams_secret(std::string_view secret) {
  const Result<Secret> key = parse_signing_key(secret);
  return key ? "" : key.error().what;
}

// A token travels in a header line, and guessing it must be hopeless.
std::string fault_of_token(std::string_view token) {
  constexpr std::size_t kShortestToken = 16, kLongestToken = 1024;
  if (token.size() < kShortestToken)
    return fmt::format("the token is too short to be safe: at least {} characters; make one with: openssl rand -hex 32", kShortestToken);
  if (token.size() > kLongestToken) return fmt::format("the token is too long: at most {} characters", kLongestToken);
  const bool visible = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
  return visible ? "" : "the token holds a blank or a character that cannot stand in a header; make one with: openssl rand -hex 32";
}

void read_teams(Section& root, Config& config) {
  std::set<std::string> names;
  root.each("teams", [&](Section& section) {
    Team team;
    read_name(section, team.name, names);
    team.secrets = section.secrets("secret", fault_of_teams_secret);
    section.texts("tenants", team.tenants);
    if (team.secrets.empty()) section.wrong("secret", "is missing: the security token that Teams showed when the outgoing webhook was made");
    if (team.secrets.size() > kMostSecrets) section.wrong("secret", "at most two secrets are live at once: the old one and the new one");
    config.teams.push_back(std::move(team));
  });
}

void read_tokens(Section& root, Config& config) {
  std::set<std::string> names;
  root.each("api_token", [&](Section& section) {
    ApiToken token;
    read_name(section, token.name, names);
    const std::vector<Secret> secrets = section.secrets("token", fault_of_token);
    if (secrets.size() != 1) section.wrong("token", "one token is needed, as token, token_env or token_file");
    else token.token = secrets.front();
    for (const ApiToken& other : config.api_tokens)
      if (!token.token.empty() && equal_in_constant_time(other.token.reveal(), token.token.reveal()))
        section.wrong("token", fmt::format("is the same as that of \"{}\"; each needs its own, or nobody knows who called", other.name));
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
  section.integer("body_bytes_total", limits.body_bytes_total, kMegabyte, 65'536 * kMegabyte);
  if (limits.body_bytes_total < limits.body_bytes) section.wrong("body_bytes_total", "must not be less than body_bytes, or the longest body never fits");
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

// A word may name one level only, as its name or as an alias, whatever its case.
void read_priorities(Section& root, std::vector<PriorityLevel>& levels) {
  std::vector<PriorityLevel> given;
  std::set<std::string> names;
  std::map<std::string, std::size_t> level_of_word;
  root.each("priority", [&](Section& section) {
    PriorityLevel level;
    const std::size_t names_before = names.size();
    read_name(section, level.name, names);
    const bool name_is_good = names.size() > names_before;
    level.queue = level.name;
    section.words("aliases", level.aliases);
    section.text("queue", level.queue);
    if (!is_good_name(level.queue)) section.wrong("queue", "a queue's name is 1 to 64 letters, digits, '-' or '_'");
    if (level.queue.ends_with("-dlq")) section.wrong("queue", "names that end in -dlq belong to the dead-letter queues");
    const auto claim = [&](const char* key, const std::string& word) {
      const auto [at, fresh] = level_of_word.emplace(text::to_lower(word), given.size());
      if (!fresh && at->second != given.size()) section.wrong(key, fmt::format("\"{}\" stands for two priorities", word));
    };
    if (name_is_good) claim("name", level.name);
    for (const std::string& word : level.aliases) claim("aliases", word);
    given.push_back(std::move(level));
  });
  if (!given.empty()) levels = std::move(given);
}

// A [[language]] replaces the label words of a built-in language one list at a time, or adds a language.
void read_languages(Section& root, std::vector<LanguageLabels>& languages) {
  root.each("language", [&](Section& section) {
    std::string name;
    section.text("name", name);
    if (!is_good_name(name)) return section.wrong("name", "is needed: a language's short name, for example \"en\"");
    auto at = std::find_if(languages.begin(), languages.end(), [&name](const LanguageLabels& l) { return l.language == name; });
    if (at == languages.end()) at = languages.insert(languages.end(), {name, {}, {}, {}});
    section.words("problem", at->problem);
    section.words("priority", at->priority);
    section.words("description", at->description);
    if (at->problem.empty() || at->priority.empty() || at->description.empty())
      section.wrong("name", "a language needs words for problem, priority and description");
    std::set<std::string> taken;
    for (const auto& [key, words] : {std::pair{"problem", &at->problem}, {"priority", &at->priority}, {"description", &at->description}})
      for (const std::string& word : std::set<std::string>(words->begin(), words->end()))
        if (!taken.insert(text::to_lower(word)).second) section.wrong(key, fmt::format("\"{}\" stands for two things", word));
  });
}

// A label that stood for two things would put a requester's words into the wrong one. Reads the fields after the languages.
void read_fields(Section& root, Format& format) {
  std::set<std::string> taken{"problem", "priority", "description"};
  for (const LanguageLabels& labels : format.languages)
    for (const auto* words : {&labels.problem, &labels.priority, &labels.description})
      for (const std::string& word : *words) taken.insert(text::to_lower(word));
  root.each("field", [&](Section& section) {
    FieldRule field;
    section.text("name", field.name);
    if (text::trim(field.name).empty() || field.name.size() > 64 || field.name.find_first_of(":=\n") != field.name.npos)
      section.wrong("name", "is needed: what people write before the colon, 1 to 64 characters");
    else if (!taken.insert(text::to_lower(field.name)).second)
      section.wrong("name", fmt::format("\"{}\" is a label of something else already", field.name));
    section.words("labels", field.labels);
    for (const std::string& label : field.labels)
      if (!taken.insert(text::to_lower(label)).second)
        section.wrong("labels", fmt::format("\"{}\" is a label of something else already", label));
    section.flag("required", field.required);
    section.texts("allowed", field.allowed);
    for (const std::string& value : field.allowed)
      if (text::one_line(value).empty()) section.wrong("allowed", "holds an empty text, which nobody can choose");
    format.fields.push_back(std::move(field));
  });
}

void read_default_language(Section& root, std::vector<LanguageLabels>& languages) {
  std::string name = languages.front().language;
  root.text("language_default", name);
  const auto at = std::find_if(languages.begin(), languages.end(), [&name](const LanguageLabels& l) { return l.language == name; });
  if (at == languages.end()) return root.wrong("language_default", fmt::format("there is no language \"{}\"", name));
  std::rotate(languages.begin(), at, at + 1);
}

void add_from_environment(const Environment& environment, Config& config, std::vector<Problem>& problems) {
  const auto value_of = [&environment](const char* name) {
    const auto at = environment.find(name);
    return at == environment.end() ? std::string_view{} : text::trim(at->second);
  };
  const auto judge = [&problems](const char* name, const std::string& fault) {
    if (!fault.empty()) problems.push_back({"", 0, 0, fmt::format("${}: {}", name, fault)});
  };
  if (const std::string_view secret = value_of("POINTSMAN_TEAMS_SECRET"); config.teams.empty() && !secret.empty()) {
    judge("POINTSMAN_TEAMS_SECRET", fault_of_teams_secret(secret));
    config.teams.push_back({"default", {Secret(std::string(secret))}, {}});
  }
  if (const std::string_view token = value_of("POINTSMAN_API_TOKEN"); config.api_tokens.empty() && !token.empty()) {
    judge("POINTSMAN_API_TOKEN", fault_of_token(token));
    config.api_tokens.push_back({"default", Secret(std::string(token))});
  }
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
  read_languages(root, config.rules.format.languages);
  read_fields(root, config.rules.format);
  read_default_language(root, config.rules.format.languages);
  root.finish();
}

}  // namespace

bool set_listen(std::string_view listen, Server& server) {
  const std::size_t colon = listen.rfind(':');
  if (colon == listen.npos) return false;
  std::string_view address = listen.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  std::uint16_t port = 0;
  const char* end = listen.data() + listen.size();
  const auto [stopped, failed] = std::from_chars(listen.data() + colon + 1, end, port);
  if (failed != std::errc{} || stopped != end) return false;
  if (address != "localhost" && !is_address(std::string(address), false)) return false;
  server.address = address;
  server.port = port;
  return true;
}

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
  add_from_environment(environment, config, problems);
  if (!problems.empty()) {
    std::stable_sort(problems.begin(), problems.end(),
                     [](const Problem& a, const Problem& b) { return std::tie(a.line, a.column) < std::tie(b.line, b.column); });
    return tl::unexpected(std::move(problems));
  }
  return config;
}

tl::expected<Config, std::vector<Problem>> read_file(const std::string& path, const Environment& environment) {
  const Result<std::string> content = read_small_file(path, kLongestFile);
  if (!content) return tl::unexpected(std::vector<Problem>{{path, 0, 0, "the configuration file " + content.error().what}});
  return read(*content, path, environment);
}

}  // namespace pointsman::config
