// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/activity_reply.h"

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <boost/json.hpp>

#include "base/text.h"
#include "support/hostile_text.h"
#include "ticket/markdown.h"

namespace pointsman::teams {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

Rules example_rules() {
  return {{built_in_languages(), {{.name = "Category", .labels = {}, .required = false, .allowed = {"Hardware", "Software"}}}},
          built_in_priorities(),
          {}};
}

json::object parsed(const std::string& activity) {
  json::error_code failed;
  json::value value = json::parse(activity, failed);
  EXPECT_FALSE(failed) << activity.substr(0, 200);
  return value.is_object() ? value.get_object() : json::object{};
}

json::object card_of(const Reply& reply) {
  const json::object activity = parsed(card_activity(reply));
  EXPECT_EQ(activity.at("type"), "message");
  const json::object& attachment = activity.at("attachments").at(0).as_object();
  EXPECT_EQ(attachment.at("contentType"), "application/vnd.microsoft.card.adaptive");
  return attachment.at("content").as_object();
}

// Every element of a card, whatever holds it.
void each_element(const json::array& elements, const std::function<void(const json::object&)>& visit) {
  for (const json::value& element : elements) {
    visit(element.as_object());
    if (const json::value* items = element.as_object().if_contains("items")) each_element(items->as_array(), visit);
  }
}

// What a person sees of the format in a card, line by line.
std::string shown_block(const json::object& card) {
  std::string out;
  each_element(card.at("body").as_array(), [&out](const json::object& element) {
    if (!element.contains("fontType")) return;
    std::string_view text = element.at("text").as_string();
    if (!out.empty()) out += '\n';
    for (std::size_t i = 0; i < text.size(); ++i) out += text[i] == '\\' && i + 1 < text.size() ? text[++i] : text[i];
  });
  return out;
}

Reply faults_of(const std::string& text, const Rules& rules) {
  const Draft draft = read_draft(text, "", rules.format);
  const auto content = validate(draft, rules);
  return faults_reply({rules, draft.language}, content ? std::vector<Fault>{} : content.error(), draft);
}

TEST(MarkdownActivity, is_a_message_in_markdown) {
  const Reply reply = faults_of("my \"printer\"", example_rules());
  const json::object activity = parsed(markdown_activity(reply));
  EXPECT_EQ(activity.at("type"), "message");
  EXPECT_EQ(activity.at("textFormat"), "markdown");
  EXPECT_EQ(std::string(activity.at("text").as_string()), reply.markdown);
}

TEST(CardActivity, is_an_adaptive_card_1_4_of_elements_that_teams_shows) {
  const Rules rules = example_rules();
  Ticket ticket;
  ticket.number = TicketNumber{1042};
  ticket.queue = ticket.priority = "high";
  for (const Reply& reply : {faults_of("Problem: x", rules), help_reply({rules, "en"}), filed_reply({rules, "en"}, ticket),
                             no_such_ticket_reply({rules, "en"}, TicketNumber{1})}) {
    const json::object card = card_of(reply);
    EXPECT_EQ(card.at("type"), "AdaptiveCard");
    EXPECT_EQ(card.at("version"), "1.4");
    each_element(card.at("body").as_array(), [](const json::object& element) {
      EXPECT_THAT((std::vector<std::string>{"TextBlock", "Container"}),
                  testing::Contains(std::string(element.at("type").as_string())));
      if (element.at("type") != "TextBlock") return;
      EXPECT_EQ(element.at("wrap"), true);
      EXPECT_FALSE(element.at("text").as_string().empty());
      EXPECT_THAT(std::string(element.at("text").as_string()), Not(HasSubstr("```")));
    });
  }
}

TEST(CardActivity, shows_number_queue_and_colour_of_a_filed_ticket) {
  const Rules rules = example_rules();
  Ticket ticket;
  ticket.number = TicketNumber{1042};
  ticket.queue = ticket.priority = "high";
  const json::object card = card_of(filed_reply({rules, "en"}, ticket));
  EXPECT_THAT(std::string(card.at("body").at(0).at("text").as_string()), testing::AllOf(HasSubstr("#1042"), HasSubstr("high")));
  EXPECT_EQ(card.at("body").at(0).at("color"), "Good");
  EXPECT_EQ(card_of(faults_of("x", rules)).at("body").at(0).at("color"), "Attention");
  EXPECT_THAT(std::string(card.at("body").at(1).at("text").as_string()),
              HasSubstr("write \"status #1042\""));  // cards know no code
}

TEST(CardActivity, the_format_in_it_can_be_sent_back_and_is_understood) {
  const Rules rules = example_rules();
  test::HostileTexts texts(6);
  for (int i = 0; i < 1000; ++i) {
    Draft draft;
    draft.problem = "p " + text::one_line(texts.next(4)) + " p";
    draft.priority = "high";
    draft.description = "d\n    indented   " + texts.next(8) + "\n\nd";
    draft.language = "en";
    const Reply reply = faults_reply({rules, "en"}, {}, draft);
    std::string sent = text::plain_lines(shown_block(card_of(reply)));  // what the decoder makes of it
    for (std::size_t at; (at = sent.find("\u00A0")) != sent.npos;) sent.replace(at, 2, " ");
    const Draft again = read_draft(sent, "", rules.format);
    const Draft expected = read_draft(text::plain_lines(reply.format_block), "", rules.format);
    EXPECT_EQ(again.problem, expected.problem);
    EXPECT_EQ(again.priority, "high");
    EXPECT_EQ(text::one_line(*again.description), text::one_line(*expected.description)) << reply.format_block;
    EXPECT_EQ(std::count(again.description->begin(), again.description->end(), '\n'),
              std::count(expected.description->begin(), expected.description->end(), '\n'));
  }
}

TEST(CardActivity, nothing_a_requester_wrote_is_live_in_it) {
  const Rules rules = example_rules();
  const json::object card = card_of(faults_of(
      "Problem: [x](mailto:a@b.c) **b**\nPriority: {{DATE(2020)}}\nDescription: <at>x</at> http://e.example `c`", rules));
  each_element(card.at("body").as_array(), [](const json::object& element) {
    if (element.at("type") != "TextBlock") return;
    const std::string text(element.at("text").as_string());
    for (const std::string live : {"[x](", "a@b", "**b", "{{DATE", "<at>", "</at>", "://"})
      EXPECT_THAT(text, Not(HasSubstr(live)));
  });
}

TEST(Activities, the_largest_hostile_input_gives_valid_json_below_the_limit) {
  const Rules rules = example_rules();
  for (const std::string_view piece : test::kHostilePieces) {
    const std::string text = test::repeated(piece, 20'000);
    for (const std::string& report :
         {text, "Problem: " + text + "\nPriority: " + text + "\nCategory: " + text + "\nDescription: " + text}) {
      const Reply reply = faults_of(text::plain_lines(report), rules);
      for (const std::string& activity : {markdown_activity(reply), card_activity(reply)}) {
        EXPECT_LE(activity.size(), kLongestActivity);
        EXPECT_LT(activity.size(), 20'000u + 480u);  // 20 KB, whichever way one counts a KB
        parsed(activity);
      }
      EXPECT_EQ(std::string(parsed(markdown_activity(reply)).at("text").as_string()), reply.markdown);
    }
  }
}

TEST(CardActivity, what_does_not_fit_is_cut_and_says_so) {
  const Rules rules = example_rules();
  const json::object card = card_of(faults_of("Description: " + test::repeated("a\n", 8'000), rules));
  EXPECT_THAT(shown_block(card), testing::EndsWith("a\n…"));
  const json::object one_line = card_of(faults_of("Description: " + test::repeated("[\\", 8'000), rules));
  EXPECT_THAT(shown_block(one_line), testing::EndsWith("\n…"));
  EXPECT_GT(shown_block(one_line).size(), 1'000u);
}

}  // namespace
}  // namespace pointsman::teams
