// SPDX-License-Identifier: Apache-2.0
// Recorded bodies, where they are at hand: ../shared/data/teams beside the repository. They are not part of it.
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <boost/json.hpp>

#include "intake/teams/activity.h"
#include "intake/teams/signature.h"
#include "ticket/format.h"

namespace pointsman::teams {
namespace {

const std::filesystem::path kFolder = "../shared/data/teams";  // ctest runs in the repository root

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

class Recorded : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream table(kFolder / "signatures.tsv");
    if (!table) GTEST_SKIP() << "no recorded bodies in " << kFolder;
    std::string line;
    std::getline(table, line);
    const std::string mark = "(key = base64 ";
    key_ = line.substr(line.find(mark) + mark.size());
    key_.pop_back();  // ')'
    while (std::getline(table, line)) {
      std::istringstream columns(line);
      std::string name, bytes, signature;
      std::getline(columns, name, '\t');
      std::getline(columns, bytes, '\t');
      std::getline(columns, signature);
      signatures_[name] = signature;
      EXPECT_EQ(std::to_string(body(name).size()), bytes) << name;
    }
    ASSERT_FALSE(signatures_.empty());
  }

  static std::string body(const std::string& name) { return content_of(kFolder / name); }
  Message message(const std::string& name) const {
    Result<Message> decoded = decode_activity(body(name));
    EXPECT_TRUE(decoded) << name;
    return decoded.value_or(Message{});
  }

  std::string key_;
  std::map<std::string, std::string> signatures_;
};

TEST_F(Recorded, every_signature_proves_its_body_and_no_other) {
  const Result<WebhookKey> key = WebhookKey::parse(key_);
  ASSERT_TRUE(key);
  for (const auto& [name, signature] : signatures_) {
    const std::string bytes = body(name);
    EXPECT_TRUE(key->signed_by(bytes, signature)) << name;
    EXPECT_EQ(key->sign(bytes), signature) << name;
    for (const std::size_t at : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ 1);
      EXPECT_FALSE(key->signed_by(flipped, signature)) << name << " at " << at;
    }
    for (const auto& [other, its] : signatures_)
      if (other != name) {
        EXPECT_FALSE(key->signed_by(bytes, its)) << name;
      }
  }
}

TEST_F(Recorded, every_body_becomes_the_text_that_was_written) {
  const std::map<std::string, std::string> expected{
      {"01-outgoing-webhook-mention-only.json", ""},
      {"03-outgoing-webhook-plain-partial.json", "goooo"},
      {"04-bot-activity-multi-mention-crlf-pasted.json", "Carla Pine++ Jon Grant+ msteams-- \"test message\"++ Selma++"},
      {"05-bot-activity-2025-reply-in-thread.json", "reply to thread"},
      {"06-bot-activity-2021-new-thread-de.json", "Who is Ezra?"},
      {"09-msdocs-2017-example-inbound.json", "Hello Lena Brook"},
      {"10-fragment-multiline-newlines-lost.json", "This\nis\na\nmulti\nline\ntext"},
      {"11-fragment-angle-brackets.json", ""},  // two fragments in one file, neither where a message has its text
      {"12-fragment-bold-pasted.json", "bold"},
      {"16-bot-activity-2026-channel-ids-shortened.json", "connect brand-x"},
      {"18-synthetic-outgoing-webhook-minimal.json", "deploy the release please"}};
  for (const auto& [name, signature] : signatures_) {
    ASSERT_TRUE(expected.contains(name)) << name << " is new: look at it and say what it should become";
    EXPECT_EQ(message(name).text, expected.at(name)) << name;
    EXPECT_THAT(message(name).attachments, testing::IsEmpty()) << name;  // the text is no file
  }
}

TEST_F(Recorded, typed_angle_brackets_are_kept) {
  const boost::json::value fragments = boost::json::parse(body("11-fragment-angle-brackets.json"));
  for (const std::string name : {"without_mention", "with_mention"}) {
    const Result<Message> decoded = decode_activity(boost::json::serialize(fragments.at(name)));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->text, "text <data>") << name;
  }
}

TEST_F(Recorded, a_bare_mention_asks_for_help) {
  EXPECT_EQ(read_command(message("01-outgoing-webhook-mention-only.json").text).kind, Command::Kind::kHelp);
}

TEST_F(Recorded, senders_places_and_times_are_understood) {
  Message first = message("01-outgoing-webhook-mention-only.json");
  EXPECT_EQ(first.message_id, "1545105672086");
  EXPECT_THAT(first.conversation, testing::EndsWith(";messageid=1545105672086"));
  EXPECT_EQ(first.requester, (Person{"7e1edeed-cdb7-4ba2-878a-780bb5cad21a", "Grace Green"}));
  EXPECT_EQ(first.tenant, "4dadcc9b-7426-4d7b-8488-3ed1544ec1f8");
  EXPECT_EQ(first.locale, "en-GB");
  EXPECT_EQ(first.sent_at, parse_rfc3339("2018-12-18T04:01:12.088Z"));

  const Message partial = message("03-outgoing-webhook-plain-partial.json");
  EXPECT_EQ(partial.requester.name, "Hansen, Ida");
  EXPECT_THAT(partial.requester.id, testing::StartsWith("29:6_RZ"));  // no aadObjectId: the next best
  EXPECT_EQ(partial.tenant, "");
  EXPECT_EQ(partial.locale, "nb-NO");

  EXPECT_EQ(message("04-bot-activity-multi-mention-crlf-pasted.json").sent_at, parse_rfc3339("2019-04-07T17:25:02.438Z"));
  EXPECT_EQ(message("05-bot-activity-2025-reply-in-thread.json").sent_at, parse_rfc3339("2025-10-08T17:33:01.495Z"));
  EXPECT_EQ(message("06-bot-activity-2021-new-thread-de.json").locale, "de-DE");
  EXPECT_EQ(message("16-bot-activity-2026-channel-ids-shortened.json").tenant, "tenant-1");
  EXPECT_EQ(message("10-fragment-multiline-newlines-lost.json").requester.name, "somebody in Teams");
  EXPECT_FALSE(message("10-fragment-multiline-newlines-lost.json").sent_at);
}

}  // namespace
}  // namespace pointsman::teams
