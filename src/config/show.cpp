// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include "config/toml.h"

#include "config/config.h"

namespace pointsman::config {
namespace {

toml::array list(const std::vector<std::string>& texts) {
  toml::array out;
  for (const std::string& text : texts) out.push_back(text);
  return out;
}

template <class T>
std::int64_t number(T value) {
  return static_cast<std::int64_t>(value);
}

toml::table server_table(const Server& server) {
  const bool v6 = server.address.find(':') != std::string::npos;
  toml::table out{{"listen", (v6 ? "[" + server.address + "]" : server.address) + ":" + std::to_string(server.port)},
                  {"trusted_proxies", list(server.trusted_proxies)},
                  {"public_url", server.public_url}};
  if (server.tls) out.insert("tls", toml::table{{"certificate", server.tls->certificate_file}, {"key", server.tls->key_file}});
  return out;
}

toml::table limits_table(const Limits& limits, const TextLimits& texts) {
  return toml::table{{"body_bytes", number(limits.body_bytes)},
          {"body_bytes_total", number(limits.body_bytes_total)},
          {"header_bytes", number(limits.header_bytes)},
          {"header_fields", number(limits.header_fields)},
          {"json_depth", limits.json_depth},
          {"connections", number(limits.connections)},
          {"connections_per_address", number(limits.connections_per_address)},
          {"header_deadline", limits.header_deadline.count()},
          {"body_deadline", limits.body_deadline.count()},
          {"idle_deadline", limits.idle_deadline.count()},
          {"write_deadline", limits.write_deadline.count()},
          {"drain_deadline", limits.drain_deadline.count()},
          {"storing_deadline", limits.storing_deadline.count()},
          {"messages_per_sender_per_minute", limits.messages_per_sender_per_minute},
          {"messages_per_team_per_minute", limits.messages_per_team_per_minute},
          {"waiting_commits", number(limits.waiting_commits)},
          {"queue_depth", limits.queue_depth},
          {"problem_characters", number(texts.problem)},
          {"description_characters", number(texts.description)},
          {"field_characters", number(texts.field)}};
}

// Secrets show that they are there, and how many.
toml::array hidden(std::size_t count) {
  toml::array out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(std::string(kHiddenSecret));
  return out;
}

void insert_lists(toml::table& out, const Config& config) {
  toml::array teams, tokens, priorities, fields, languages;
  for (const Team& team : config.teams)
    teams.push_back(toml::table{{"name", team.name}, {"secret", hidden(team.secrets.size())}, {"tenants", list(team.tenants)}});
  for (const ApiToken& token : config.api_tokens)
    tokens.push_back(toml::table{{"name", token.name}, {"token", std::string(kHiddenSecret)}});
  for (const PriorityLevel& level : config.rules.priorities)
    priorities.push_back(toml::table{{"name", level.name}, {"aliases", list(level.aliases)}, {"queue", level.queue}});
  for (const FieldRule& field : config.rules.format.fields)
    fields.push_back(toml::table{
        {"name", field.name}, {"labels", list(field.labels)}, {"required", field.required}, {"allowed", list(field.allowed)}});
  for (const LanguageLabels& labels : config.rules.format.languages)
    languages.push_back(toml::table{{"name", labels.language},
                                    {"problem", list(labels.problem)},
                                    {"priority", list(labels.priority)},
                                    {"description", list(labels.description)}});
  const auto insert = [&out](const char* name, toml::array tables) {
    if (!tables.empty()) out.insert(name, std::move(tables));
  };
  insert("teams", std::move(teams));
  insert("api_token", std::move(tokens));
  insert("priority", std::move(priorities));
  insert("field", std::move(fields));
  insert("language", std::move(languages));
}

}  // namespace

std::string show(const Config& config, bool as_json) {
  toml::table out{
      {"language_default", config.rules.format.languages.front().language},
      {"server", server_table(config.server)},
      {"storage", toml::table{{"path", config.data_dir}}},
      {"intake", toml::table{{"same_words_window", config.intake.same_words_window.count()},
                             {"max_message_age", config.intake.max_message_age.count()},
                             {"reply", config.intake.reply_as_card ? "card" : "markdown"}}},
      {"limits", limits_table(config.limits, config.rules.limits)},
      {"queue", toml::table{{"backend", config.queue.backend},
                            {"max_receive_count", config.queue.max_receive_count},
                            {"retention", config.queue.retention.count()}}},
      {"log", toml::table{{"level", config.log.level}, {"form", config.log.form}}},
  };
  insert_lists(out, config);
  std::ostringstream text;
  if (as_json) text << toml::json_formatter{out};
  else text << out << '\n';
  return text.str();
}

}  // namespace pointsman::config
