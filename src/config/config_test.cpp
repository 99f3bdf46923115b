// SPDX-License-Identifier: Apache-2.0
#include "config/config.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace pointsman::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSecret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr const char* kOther = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
constexpr const char* kToken = "0123456789abcdef0123456789abcdef";

std::vector<Problem> problems_of(const std::string& text, const Environment& environment = {}) {
  const auto config = read(text, "test.toml", environment);
  return config ? std::vector<Problem>{} : config.error();
}

auto at(unsigned line, unsigned column, const std::string& what) {
  return AllOf(Field("line", &Problem::line, line), Field("column", &Problem::column, column), Field("what", &Problem::what, HasSubstr(what)));
}

TEST(ConfigTest, no_file_is_all_defaults) {
  const auto config = read("", "", {});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->server.address, "127.0.0.1");
  EXPECT_EQ(config->server.port, 5000);
  EXPECT_TRUE(config->teams.empty());
  EXPECT_TRUE(config->api_tokens.empty());
  EXPECT_EQ(config->limits.body_bytes, 256u * 1024);
  EXPECT_EQ(config->limits.messages_per_sender_per_minute, 60);
  EXPECT_EQ(config->limits.messages_per_team_per_minute, 0);
  ASSERT_EQ(config->rules.priorities.size(), 3u);
  EXPECT_EQ(config->rules.priorities.front().name, "high");
}

TEST(ConfigTest, every_key_is_read) {
  const auto config = read(std::string(R"(
language_default = "de"
[server]
listen = "[::1]:0"
trusted_proxies = ["10.0.0.0/8", "::1"]
public_url = "https://desk.example.org"
tls = { certificate = "c.pem", key = "k.pem" }
[storage]
path = "/var/lib/pointsman"
[intake]
same_words_window = "5m"
max_message_age = 0
reply = "card"
[limits]
body_bytes = 2048
header_deadline = "3s"
problem_characters = 80
[queue]
max_receive_count = 0
retention = "2d"
[log]
level = "debug"
form = "json"
[[teams]]
name = "it"
secret = [")") + kSecret + "\", \"" + kOther + R"("]
tenants = ["t1"]
[[api_token]]
name = "scripts"
token = ")" + kToken + R"("
[[priority]]
name = "now"
aliases = ["urgent"]
queue = "fast"
[[field]]
name = "Location"
labels = ["Ort"]
required = true
allowed = ["Hamburg", "Berlin"]
[[language]]
name = "nl"
problem = "Probleem"
priority = ["Prioriteit"]
description = ["Omschrijving"]
)",
                           "test.toml", {});
  ASSERT_TRUE(config) << config.error().front().what;
  EXPECT_EQ(config->server.address, "::1");
  EXPECT_EQ(config->server.port, 0);
  EXPECT_THAT(config->server.trusted_proxies, ElementsAre("10.0.0.0/8", "::1"));
  ASSERT_TRUE(config->server.tls);
  EXPECT_EQ(config->server.tls->key_file, "k.pem");
  EXPECT_EQ(config->data_dir, "/var/lib/pointsman");
  EXPECT_EQ(config->intake.same_words_window, seconds{300});
  EXPECT_EQ(config->intake.max_message_age, seconds{0});
  EXPECT_TRUE(config->intake.reply_as_card);
  EXPECT_EQ(config->limits.body_bytes, 2048u);
  EXPECT_EQ(config->limits.header_deadline, seconds{3});
  EXPECT_EQ(config->rules.limits.problem, 80u);
  EXPECT_EQ(config->queue.retention, seconds{2 * 24 * 3600});
  EXPECT_EQ(config->log.level, "debug");
  ASSERT_EQ(config->teams.size(), 1u);
  EXPECT_EQ(config->teams[0].secrets.size(), 2u);
  ASSERT_EQ(config->api_tokens.size(), 1u);
  EXPECT_EQ(config->api_tokens[0].token.reveal(), kToken);
  ASSERT_EQ(config->rules.priorities.size(), 1u);
  EXPECT_EQ(config->rules.priorities[0].queue, "fast");
  ASSERT_EQ(config->rules.format.fields.size(), 1u);
  EXPECT_TRUE(config->rules.format.fields[0].required);
  EXPECT_EQ(config->rules.format.languages.front().language, "de");
  EXPECT_EQ(config->rules.format.languages.back().language, "nl");
}

TEST(ConfigTest, every_fault_is_reported_at_once_with_its_place) {
  const auto problems = problems_of(
      "[server]\n"
      "lisen = \"127.0.0.1:5000\"\n"
      "[limits]\n"
      "body_bytes = \"many\"\n"
      "header_deadline = 0\n"
      "[log]\n"
      "level = \"loud\"\n"
      "[surver]\n");
  EXPECT_THAT(problems, ElementsAre(at(2, 1, "server.lisen: there is no such key; did you mean \"listen\"?"),
                                    at(4, 14, "limits.body_bytes: must be a whole number from"),
                                    at(5, 19, "limits.header_deadline: must be from 1"), at(7, 9, "log.level: cannot be \"loud\""),
                                    at(8, 2, "surver: there is no such key; did you mean \"server\"?")));
}

TEST(ConfigTest, what_is_no_toml_says_where) {
  const auto problems = problems_of("[server]\nlisten = 127.0.0.1:5000\n");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].line, 2u);
  EXPECT_THAT(problems[0].what, HasSubstr("this is not TOML"));
}

TEST(ConfigTest, every_wrong_type_is_named_at_its_key) {
  for (const auto& [text, what] : {std::pair<std::string, std::string>{"server = 1", "server: must be a table"},
                                   {"[teams]\nname = \"x\"", "teams: is a list: write [[teams]]"},
                                   {"teams = [1]", "teams: is a list: write [[teams]]"},
                                   {"[server]\nlisten = 5000", "server.listen: must be a text"},
                                   {"[server]\ntrusted_proxies = [1, \"a\"]", "server.trusted_proxies: must be a list of texts"},
                                   {"[limits]\nbody_bytes = 1.5", "limits.body_bytes: must be a whole number"},
                                   {"[limits]\nbody_bytes = 99999999999999", "limits.body_bytes: must be a whole number"},
                                   {"[intake]\nsame_words_window = \"soon\"", "must be a time"},
                                   {"[intake]\nsame_words_window = true", "must be a time"},
                                   {"[intake]\nsame_words_window = -5", "must be a time"},
                                   {"[intake]\nsame_words_window = \"-5s\"", "must be from 0"},
                                   {"[[field]]\nname = \"Room\"\nrequired = \"yes\"", "field[1].required: must be true or false"}}) {
    const auto problems = problems_of(text);
    ASSERT_FALSE(problems.empty()) << text;
    EXPECT_THAT(problems.front().what, HasSubstr(what)) << text;
    EXPECT_GT(problems.front().line, 0u) << text;
  }
}

TEST(ConfigTest, addresses_and_networks_are_judged) {
  for (const std::string listen : {"5000", ":5000", "127.0.0.1:", "127.0.0.1:70000", "host:5000", "127.0.0.1:5000x", "::1:x", ""})
    EXPECT_FALSE(problems_of("[server]\nlisten = \"" + listen + "\"").empty()) << listen;
  for (const std::string listen : {"0.0.0.0:0", "[::]:80", "localhost:5000"})
    EXPECT_TRUE(problems_of("[server]\nlisten = \"" + listen + "\"").empty()) << listen;
  for (const std::string proxy : {"10.0.0.0/33", "proxy", "10.0.0.0/", "10.0.0.0/-1", "::1/129", ""})
    EXPECT_FALSE(problems_of("[server]\ntrusted_proxies = [\"" + proxy + "\"]").empty()) << proxy;
}

TEST(ConfigTest, a_teams_secret_that_teams_cannot_have_made_is_found_where_it_stands) {
  const std::string text = std::string("[[teams]]\nname = \"it\"\nsecret = [\"") + kSecret + "\", \"not base64!\"]\n";
  const auto problems = problems_of(text);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_THAT(problems[0], at(3, 59, "teams[1].secret: the Teams security token is not base64"));
  EXPECT_THAT(problems[0].what, Not(HasSubstr("not base64!")));
  EXPECT_THAT(problems_of("[[teams]]\nname = \"it\"\nsecret = \"c2hvcnQ=\""), ElementsAre(at(3, 10, "too short")));
}

TEST(ConfigTest, secrets_from_the_environment_and_the_default_team_are_judged_too) {
  EXPECT_THAT(problems_of("", {{"POINTSMAN_TEAMS_SECRET", "hello"}, {"POINTSMAN_API_TOKEN", "short"}}),
              ElementsAre(at(0, 0, "$POINTSMAN_TEAMS_SECRET: the Teams security token is not base64"),
                          at(0, 0, "$POINTSMAN_API_TOKEN: the token is too short")));
  const auto config = read("", "", {{"POINTSMAN_TEAMS_SECRET", std::string(kSecret) + "\n"}, {"POINTSMAN_API_TOKEN", kToken}});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->teams.at(0).name, "default");
  EXPECT_EQ(config->teams.at(0).secrets.at(0).reveal(), kSecret);
  EXPECT_EQ(config->api_tokens.at(0).name, "default");
}

TEST(ConfigTest, a_secret_may_come_from_a_variable_or_a_file_beside_the_configuration) {
  const test::TempDir dir;
  std::ofstream(dir.file("old")) << kOther << "\r\n\n";
  const std::string text = "[[teams]]\nname = \"it\"\nsecret_env = \"IT_SECRET\"\nsecret_file = \"old\"\n";
  const auto config = read(text, dir.file("pointsman.toml"), {{"IT_SECRET", kSecret}});
  ASSERT_TRUE(config) << config.error().front().what;
  ASSERT_EQ(config->teams.at(0).secrets.size(), 2u);
  EXPECT_EQ(config->teams[0].secrets[0].reveal(), kSecret);
  EXPECT_EQ(config->teams[0].secrets[1].reveal(), kOther);
}

TEST(ConfigTest, a_secret_that_cannot_be_had_is_reported_once_at_its_key) {
  const test::TempDir dir;
  std::ofstream(dir.file("empty")) << "\n";
  std::ofstream(dir.file("long")) << std::string(5000, 'A');
  const auto problems = [&](const std::string& key) {
    const auto config = read("[[api_token]]\nname = \"a\"\n" + key, dir.file("c.toml"), {{"BLANK", "  "}});
    return config ? std::vector<Problem>{} : config.error();
  };
  EXPECT_THAT(problems("token_env = \"NOT_SET\""), ElementsAre(at(3, 13, "api_token[1].token_env: the environment variable NOT_SET is not set")));
  EXPECT_THAT(problems("token_env = \"BLANK\""), ElementsAre(at(3, 13, "the secret is empty")));
  EXPECT_THAT(problems("token_file = \"empty\""), ElementsAre(at(3, 14, "api_token[1].token_file: the secret is empty")));
  EXPECT_THAT(problems("token_file = \"long\""), ElementsAre(at(3, 14, "is too long: more than 4096 bytes")));
  EXPECT_THAT(problems("token_file = \"absent\""), ElementsAre(at(3, 14, "cannot be read")));
  EXPECT_THAT(problems("token_file = \".\""), ElementsAre(at(3, 14, "cannot be read")));
  EXPECT_THAT(problems("token = \"\""), ElementsAre(at(3, 9, "the secret is empty")));
  EXPECT_THAT(problems("token = \"has a blank in the middle\""), ElementsAre(at(3, 9, "cannot stand in a header")));
  EXPECT_THAT(problems(""), ElementsAre(at(1, 1, "one token is needed")));
}

TEST(ConfigTest, a_secret_pasted_where_a_variable_is_named_is_not_printed) {
  const auto problems = problems_of(std::string("[[teams]]\nname = \"it\"\nsecret_env = \"") + kSecret + "\"");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_THAT(problems[0].what, Not(HasSubstr(kSecret)));
  EXPECT_THAT(problems[0].what, HasSubstr("give the variable's name, not the secret"));
}

TEST(ConfigTest, three_live_secrets_two_equal_names_and_two_equal_tokens_are_faults) {
  const std::string secret = kSecret;
  EXPECT_THAT(problems_of("[[teams]]\nname = \"it\"\nsecret = [\"" + secret + "\", \"" + secret + "\", \"" + secret + "\"]"),
              ElementsAre(at(3, 10, "at most two")));
  EXPECT_THAT(problems_of("[[teams]]\nname = \"it\"\nsecret = \"" + secret + "\"\n[[teams]]\nname = \"it\"\nsecret = \"" + secret + "\""),
              ElementsAre(at(5, 8, "stands twice")));
  EXPECT_THAT(problems_of(std::string("[[api_token]]\nname = \"a\"\ntoken = \"") + kToken + "\"\n[[api_token]]\nname = \"b\"\ntoken = \"" + kToken + "\""),
              ElementsAre(at(6, 9, "is the same as that of \"a\"")));
}

TEST(ConfigTest, a_word_names_one_priority_only) {
  EXPECT_THAT(problems_of("[[priority]]\nname = \"high\"\naliases = [\"Urgent\"]\n[[priority]]\nname = \"low\"\naliases = [\"urgent\"]"),
              ElementsAre(at(6, 11, "\"urgent\" stands for two priorities")));
  EXPECT_THAT(problems_of("[[priority]]\nname = \"high\"\n[[priority]]\nname = \"low\"\naliases = [\"High\"]"),
              ElementsAre(at(5, 11, "\"High\" stands for two priorities")));
  EXPECT_THAT(problems_of("[[priority]]\nname = \"high\"\n[[priority]]\nname = \"high\""), ElementsAre(at(4, 8, "stands twice")));
  EXPECT_THAT(problems_of("[[priority]]\nname = \"high\"\n[[priority]]\nname = \"High\""), ElementsAre(at(4, 8, "stands for two priorities")));
  EXPECT_THAT(problems_of("[[priority]]\nname = \"high\"\naliases = [\"high\", \"\"]"), ElementsAre(at(3, 11, "holds an empty text")));
  EXPECT_THAT(problems_of("[[priority]]\nname = \"high\"\nqueue = \"x-dlq\""), ElementsAre(at(3, 9, "-dlq")));
}

TEST(ConfigTest, a_label_stands_for_one_thing_only) {
  EXPECT_THAT(problems_of("[[field]]\nname = \"Priorit\u00e4t\""), ElementsAre(at(2, 8, "is a label of something else already")));
  EXPECT_THAT(problems_of("[[field]]\nname = \"Room\"\nlabels = [\"Place\", \"betreff\"]"),
              ElementsAre(at(3, 10, "\"betreff\" is a label of something else already")));
  EXPECT_THAT(problems_of("[[field]]\nname = \"Room\"\n[[field]]\nname = \"Site\"\nlabels = [\"room\"]"), ElementsAre(at(5, 10, "\"room\"")));
  EXPECT_THAT(problems_of("[[language]]\nname = \"nl\"\nproblem = [\"A\"]\npriority = [\"B\"]\ndescription = [\"C\", \"a\"]"),
              ElementsAre(at(5, 15, "\"a\" stands for two things")));
  EXPECT_THAT(problems_of("[[language]]\nname = \"nl\"\nproblem = [\"A\"]"), ElementsAre(at(2, 8, "a language needs words")));
  EXPECT_THAT(problems_of("[[field]]\nname = \"A:b\""), ElementsAre(at(2, 8, "what people write before the colon")));
}

TEST(ConfigTest, tables_of_parts_that_are_not_there_are_unknown_keys) {
  const auto problems = problems_of("[aws]\nregion = \"eu-west-1\"\n[archive]\n[[channel]]\nname = \"x\"\n[[route]]\nto = [\"x\"]\n[queue]\nbackend = \"sqs\"");
  ASSERT_EQ(problems.size(), 5u);
  EXPECT_THAT(problems[0], at(1, 2, "aws: there is no such key"));
  EXPECT_THAT(problems[1], at(3, 2, "archive: there is no such key"));
  EXPECT_THAT(problems[2].what, HasSubstr("channel: there is no such key"));
  EXPECT_THAT(problems[3].what, HasSubstr("route: there is no such key"));
  EXPECT_THAT(problems[4], at(9, 11, "cannot be \"sqs\"; it is one of: embedded"));
}

TEST(ConfigTest, a_file_that_cannot_be_read_says_so) {
  const auto config = read_file("/nonexistent/pointsman.toml", {});
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().front().what, HasSubstr("cannot be read"));
}

TEST(ConfigTest, a_file_without_an_end_is_refused) {
  const auto config = read_file("/dev/zero", {});
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().front().what, HasSubstr("is too long"));
}

TEST(ConfigTest, a_value_or_a_word_that_nobody_can_type_is_a_fault) {
  EXPECT_THAT(problems_of("[[field]]\nname = \"Site\"\nrequired = true\nallowed = [\"\", \"\u200B\"]"),
              ElementsAre(at(4, 11, "holds an empty text"), at(4, 11, "holds an empty text")));
  EXPECT_THAT(problems_of("[[priority]]\nname = \"high\"\naliases = [\"\u200B\"]"), ElementsAre(at(3, 11, "holds an empty text")));
}

TEST(ConfigTest, all_bodies_together_may_hold_at_least_one) {
  EXPECT_THAT(problems_of("[limits]\nbody_bytes = 2097152\nbody_bytes_total = 1048576"), ElementsAre(at(3, 20, "must not be less than body_bytes")));
}

TEST(ConfigTest, what_is_shown_holds_no_secret_and_is_read_again) {
  const std::string text = std::string("[[teams]]\nname = \"it\"\nsecret = [\"") + kSecret + "\", \"" + kOther +
                           "\"]\n[[api_token]]\nname = \"a\"\ntoken = \"" + kToken + "\"\n[server]\ntls = {certificate=\"c\", key=\"k\"}";
  const auto config = read(text, "test.toml", {});
  ASSERT_TRUE(config);
  std::string shown = show(*config, false);
  for (const char* secret : {kSecret, kOther, kToken}) {
    EXPECT_THAT(shown, Not(HasSubstr(secret)));
    EXPECT_THAT(show(*config, true), Not(HasSubstr(secret)));
  }
  for (const char* secret : {kToken, kSecret, kOther}) {  // in the order in which TOML prints the tables
    const std::size_t hidden = shown.find("***");
    ASSERT_NE(hidden, shown.npos);
    shown.replace(hidden, 3, secret);
  }
  const auto again = read(shown, "shown.toml", {});
  ASSERT_TRUE(again) << again.error().front().what << "\n" << shown;
  EXPECT_EQ(show(*again, false), show(*config, false));
}

}  // namespace
}  // namespace pointsman::config
