// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/activity.h"

#include <gmock/gmock.h>

#include "support/hostile_text.h"

namespace pointsman::teams {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Message decode(std::string_view body) {
  Result<Message> message = decode_activity(body);
  EXPECT_TRUE(message) << body.substr(0, 200);
  return message.value_or(Message{});
}

constexpr std::string_view kFull = R"({
  "type": "message", "id": "1485983408511", "timestamp": "2025-10-08T17:33:01.4953744Z", "channelId": "msteams", "locale": null,
  "from": {"id": "29:abc", "name": "Hansen, Ida", "aadObjectId": "aad-1"},
  "conversation": {"id": "19:c@thread.tacv2;messageid=1485983194839", "name": null, "tenantId": "tenant-2"},
  "recipient": null, "text": "<at>Tickets</at> one line\n",
  "attachments": [
    {"contentType": "text/html", "content": "<div><at>Tickets</at> two<br>lines</div>", "name": null},
    {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "error.log", "contentUrl": "https://x"},
    {"contentType": "image/png", "name": null},
    {"contentType": "application/vnd.microsoft.card.thumbnail", "name": null},
    {"contentType": "messageReference", "name": null}],
  "entities": [{"type": "mention"}, {"type": "clientInfo", "locale": "nb-NO", "country": "NO"}],
  "channelData": {"tenant": {"id": "tenant-1"}}})";

TEST(DecodeActivity, takes_everything_that_counts) {
  const Message message = decode(kFull);
  EXPECT_EQ(message.source, "teams");
  EXPECT_EQ(message.message_id, "1485983408511");
  EXPECT_EQ(message.conversation, "19:c@thread.tacv2;messageid=1485983194839");
  EXPECT_EQ(message.tenant, "tenant-1");
  EXPECT_EQ(message.requester, (Person{"aad-1", "Hansen, Ida"}));
  EXPECT_EQ(message.locale, "nb-NO");
  EXPECT_EQ(message.text, "two\nlines");  // the HTML keeps the lines
  EXPECT_EQ(message.sent_at, parse_rfc3339("2025-10-08T17:33:01.495Z"));
}

TEST(DecodeActivity, notes_files_by_name_and_neither_its_own_text_nor_previews) {
  EXPECT_THAT(decode(kFull).attachments, ElementsAre("error.log", "image/png"));
}

TEST(DecodeActivity, takes_the_text_where_the_html_says_nothing) {
  for (const std::string attachments :
       {"null", "[]", "{}", "7", R"([{"contentType":"text/html","content":null}])",
        R"([{"contentType":"text/html","content":""}])", R"([{"contentType":"text/html","content":"<div><at>T</at></div>"}])",
        R"([{"contentType":"text/html"}])", R"([null,7,"x",[]])"})
    EXPECT_EQ(decode(R"({"text":"<at>T</at> hello","attachments":)" + attachments + "}").text, "hello") << attachments;
}

TEST(DecodeActivity, the_html_may_stand_anywhere_among_the_attachments_and_be_spelt_in_any_case) {
  EXPECT_EQ(
      decode(
          R"({"text":"no","attachments":[{"contentType":"image/png","name":"a.png"},{"contentType":"Text/HTML","content":"<p>a</p><p>b</p>"}]})")
          .text,
      "a\nb");
}

TEST(DecodeActivity, every_field_may_be_missing_null_empty_the_word_null_or_of_another_type) {
  const std::vector<std::string> names{"type", "id",          "timestamp", "from",        "conversation", "recipient",
                                       "text", "attachments", "entities",  "channelData", "locale"};
  for (const std::string& name : names) {
    for (const std::string value : {"null", "\"\"", "\"null\"", "7", "-1.5e3", "true", "[]", "{}", "[[]]", "[null]",
                                    R"({"id":null,"name":null,"tenant":null})", R"({"id":7,"tenant":"x"})",
                                    R"({"tenant":{"id":[]}})", R"([{"contentType":7,"name":[],"content":{}}])"}) {
      const Message message = decode("{\"" + name + "\":" + value + "}");
      EXPECT_EQ(message.source, "teams");
      EXPECT_EQ(message.requester.name, "somebody in Teams") << name << value;
      EXPECT_THAT(message.attachments, IsEmpty()) << name << value;
    }
  }
  EXPECT_EQ(decode("{}").text, "");
  EXPECT_FALSE(decode("{}").sent_at);
  EXPECT_FALSE(decode(R"({"timestamp":"yesterday"})").sent_at);
  EXPECT_EQ(decode(R"({"from":{"id":"29:a","name":"null","aadObjectId":"null"}})").requester,
            (Person{"29:a", "somebody in Teams"}));
  EXPECT_EQ(decode(R"({"conversation":{"tenantId":"t"},"channelData":{"tenant":null}})").tenant, "t");
}

TEST(DecodeActivity, names_and_ids_are_one_clean_line_of_bounded_length) {
  const Message message = decode(
      R"({"id":" 1\n2 ","from":{"id":"a","name":"Eve\r\nX-Admin: yes\u202e\u0000\u001b[31m"},"attachments":[{"name":"a\nb\u200b.txt","contentType":"x"}]})");
  EXPECT_EQ(message.message_id, "1 2");
  EXPECT_EQ(message.requester.name.find_first_of("\r\n\x1b"), std::string::npos);
  EXPECT_EQ(message.requester.name.find("\u202E"), std::string::npos);
  EXPECT_THAT(message.attachments, ElementsAre("a b.txt"));
  const std::string long_text(10'000, 'x');
  const Message long_message = decode("{\"id\":\"" + long_text + "\",\"from\":{\"name\":\"" + long_text + "\"}}");
  EXPECT_EQ(long_message.message_id.size(), 512u);
  EXPECT_EQ(long_message.requester.name.size(), 256u);
}

TEST(DecodeActivity, remembers_a_bounded_number_of_files) {
  std::string body = R"({"attachments":[)";
  for (int i = 0; i < 1000; ++i) body += (i == 0 ? "" : ",") + std::string(R"({"contentType":"image/png","name":"a.png"})");
  EXPECT_EQ(decode(body + "]}").attachments.size(), 20u);
}

TEST(DecodeActivity, only_a_body_that_is_no_json_object_is_refused) {
  for (const std::string body : {"", " ", "null", "7", "\"x\"", "[]", "{", "{\"a\":}", "{}x", "{\"text\":\"\xFF\"}", "{'a':1}",
                                 "\xEF\xBB\xBF{}", "{\"a\":\"\n\"}"}) {
    const auto message = decode_activity(body);
    ASSERT_FALSE(message) << body;
    EXPECT_EQ(message.error().code, Errc::kInvalid);
    EXPECT_FALSE(message.error().what.empty());
  }
}

TEST(DecodeActivity, json_may_nest_as_deep_as_the_limit_and_no_deeper) {
  const auto nested = [](int depth) {
    return R"({"x":)" + std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']') +
           "}";
  };
  constexpr int kDepth = 32;  // by default
  EXPECT_TRUE(decode_activity(nested(kDepth - 1)));
  EXPECT_FALSE(decode_activity(nested(kDepth)));
  EXPECT_FALSE(decode_activity(test::repeated("[", 1'000'000)));
  EXPECT_FALSE(decode_activity(test::repeated("{\"a\":", 1'000'000)));
}

TEST(DecodeActivity, a_typed_tag_is_kept_from_html_and_from_text) {
  EXPECT_EQ(
      decode(
          R"({"text":"<at>T</at> C<data>","attachments":[{"contentType":"text/html","content":"<div><at>T</at>&nbsp;text &lt;data&gt;</div>"}]})")
          .text,
      "text <data>");
  EXPECT_EQ(decode(R"({"text":"<at>T</at> C<data>\n"})").text, "C<data>");
}

}  // namespace
}  // namespace pointsman::teams
