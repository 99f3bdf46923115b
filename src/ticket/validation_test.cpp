// SPDX-License-Identifier: Apache-2.0
#include "ticket/validation.h"

#include <gmock/gmock.h>

#include "ticket/hints.h"

namespace pointsman {
namespace {

using testing::ElementsAre;

Rules example_rules() {
  return {{built_in_languages(),
           {{.name = "Category", .labels = {}, .required = false, .allowed = {"Hardware", "Software", "Problem"}},
            {.name = "Location", .labels = {}, .required = true, .allowed = {}}}},
          built_in_priorities(),
          {.problem = 20, .description = 50, .field = 12}};
}

Rules plain_rules() {
  Rules rules = example_rules();
  rules.format.fields.clear();
  return rules;
}

Draft good_draft() {
  Draft draft;
  draft.problem = "printer jammed";
  draft.priority = "Urgent";
  draft.description = "since noon";
  draft.fields = {{"Category", "hardware"}, {"Location", "room 4"}};
  return draft;
}

// "field:code" of every fault.
std::vector<std::string> faults_of(const Draft& draft, const Rules& rules) {
  std::vector<std::string> out;
  const auto content = validate(draft, rules);
  if (!content)
    for (const Fault& fault : content.error()) out.push_back(fault.field + ":" + name(fault.code));
  return out;
}

TEST(Validate, a_good_draft_becomes_content) {
  const auto content = validate(good_draft(), example_rules());
  ASSERT_TRUE(content);
  EXPECT_EQ(content->problem, "printer jammed");
  EXPECT_EQ(content->priority, "high");
  EXPECT_EQ(content->stated_priority, "Urgent");
  EXPECT_EQ(content->description, "since noon");
  EXPECT_EQ(content->fields, (std::vector<Field>{{"Category", "Hardware"}, {"Location", "room 4"}}));  // spelt as configured
}

TEST(Validate, tells_every_fault_at_once) {
  EXPECT_THAT(faults_of(Draft{}, example_rules()),
              ElementsAre("problem:missing", "priority:missing", "description:missing", "Location:missing"));
  Draft draft;
  draft.problem = std::string(21, 'x') + "\x01";
  draft.priority = "hihg";
  draft.description = " \n ";
  draft.fields = {{"Category", "hardwear"}, {"Location", "much too long a place"}};
  EXPECT_THAT(faults_of(draft, example_rules()),
              ElementsAre("problem:control_characters", "problem:too_long", "priority:unknown_priority", "description:empty",
                          "Category:not_allowed", "Location:too_long"));
  const auto content = validate(draft, example_rules());
  EXPECT_EQ(content.error()[1].limit, 20u);
  EXPECT_EQ(content.error()[2].suggestion, "high");
  EXPECT_EQ(content.error()[2].given, "hihg");
  EXPECT_EQ(content.error()[4].suggestion, "Hardware");
  EXPECT_EQ(content.error()[5].limit, 12u);
}

Draft good_plain_draft() {
  Draft draft = good_draft();
  draft.fields.clear();
  return draft;
}

TEST(Validate, text_that_says_nothing_is_empty) {
  for (const std::string nothing : {"", "   ", "\u00A0", "\u200B\u2060", "...", "---", "***", "!?", "\u3164", "\u2800",
                                    "@Helpdesk", " @Tickets ", "Problem", "**Description**", "Priorität:", "(Urgence)", "<>"}) {
    Draft draft = good_plain_draft();
    draft.problem = draft.description = nothing;
    EXPECT_THAT(faults_of(draft, plain_rules()), ElementsAre("problem:empty", "description:empty")) << nothing;
  }
  for (const std::string nothing : {"", " ", "!!", "Priority", "\u200B"}) {
    Draft draft = good_plain_draft();
    draft.priority = nothing;
    EXPECT_THAT(faults_of(draft, plain_rules()), ElementsAre("priority:empty")) << nothing;
  }
}

TEST(Validate, one_letter_of_any_script_or_one_picture_says_something) {
  for (const std::string something : {"x", "7", "é", "问", "🔥", "ж", "@ada cannot log in"}) {
    Draft draft = good_plain_draft();
    draft.problem = something;
    EXPECT_TRUE(validate(draft, plain_rules())) << something;
  }
}

TEST(Validate, the_hints_of_an_empty_format_are_no_answers_in_any_language) {
  const Rules rules = example_rules();
  for (const ReplyWords& words : all_reply_words()) {
    Draft draft;
    draft.problem = problem_hint(words);
    draft.priority = priority_hint(rules.priorities);
    draft.description = description_hint(words);
    draft.fields = {{"Category", field_hint(rules.format.fields[0], words)},
                    {"Location", field_hint(rules.format.fields[1], words)}};
    EXPECT_THAT(faults_of(draft, rules), ElementsAre("problem:empty", "priority:empty", "description:empty", "Location:empty"))
        << words.language;
  }
}

TEST(Validate, an_optional_field_left_with_its_hint_is_left_out) {
  const Rules rules = example_rules();
  Draft draft = good_draft();
  draft.fields[0].value = field_hint(rules.format.fields[0], words_of("en"));
  const auto content = validate(draft, rules);
  ASSERT_TRUE(content);
  EXPECT_EQ(content->fields, (std::vector<Field>{{"Location", "room 4"}}));
}

TEST(Validate, a_length_limit_counts_characters_and_the_last_one_still_fits) {
  Draft draft = good_plain_draft();
  for (std::size_t i = 0; i < 20; ++i) draft.problem = (i == 0 ? "" : *draft.problem) + "ü";
  EXPECT_TRUE(validate(draft, plain_rules()));
  *draft.problem += "ü";
  EXPECT_THAT(faults_of(draft, plain_rules()), ElementsAre("problem:too_long"));
  draft = good_plain_draft();
  draft.description = std::string(50, 'x');
  EXPECT_TRUE(validate(draft, plain_rules()));
  *draft.description += 'x';
  EXPECT_THAT(faults_of(draft, plain_rules()), ElementsAre("description:too_long"));
}

TEST(Validate, what_a_fault_quotes_is_short) {
  Draft draft = good_plain_draft();
  draft.priority = std::string(100'000, 'x');
  const auto content = validate(draft, plain_rules());
  ASSERT_FALSE(content);
  EXPECT_LT(content.error()[0].given.size(), 300u);
  EXPECT_THAT(content.error()[0].given, testing::EndsWith("…"));
}

TEST(Validate, controls_and_bytes_that_are_no_text_are_refused) {
  for (const std::string& bad : {std::string("a\0b", 3), std::string("a\x1b[31mb"), std::string("a\x7f"),
                                 std::string("a\xC2\x85\xC2\x9B"
                                             "b"),
                                 std::string("a\xFF"
                                             "b")}) {
    Draft draft = good_plain_draft();
    draft.description = bad;
    EXPECT_THAT(faults_of(draft, plain_rules()), ElementsAre("description:control_characters"));
  }
  Draft draft = good_plain_draft();
  draft.priority = "high\x01";
  EXPECT_THAT(faults_of(draft, plain_rules()), ElementsAre("priority:control_characters"));
}

TEST(Validate, whatever_way_it_came_in_a_problem_is_one_line_and_nothing_is_hidden) {
  Draft draft = good_draft();
  draft.problem = " a\r\nb\u202Ec\t d ";
  draft.description = "\r\n a\r\n\r\nb\u200B\tc\r";
  draft.fields = {{"Location", "room\n4\u2066"}};
  const auto content = validate(draft, example_rules());
  ASSERT_TRUE(content);
  EXPECT_EQ(content->problem, "a bc d");
  EXPECT_EQ(content->description, "a\n\nb\tc");
  EXPECT_EQ(content->fields[0].value, "room 4");
}

TEST(Validate, a_priority_with_its_reason_is_taken_and_the_reason_kept) {
  Draft draft = good_plain_draft();
  draft.priority = "high because\nthe boss waits";
  const auto content = validate(draft, plain_rules());
  ASSERT_TRUE(content);
  EXPECT_EQ(content->priority, "high");
  EXPECT_EQ(content->stated_priority, "high because the boss waits");
}

TEST(Validate, an_allowed_value_is_known_in_any_case_and_dress_even_when_it_is_a_label_word) {
  for (const auto& [given, stored] : std::vector<std::pair<std::string, std::string>>{
           {"SOFTWARE", "Software"}, {"**hardware**", "Hardware"}, {"problem", "Problem"}}) {
    Draft draft = good_draft();
    draft.fields[0].value = given;
    const auto content = validate(draft, example_rules());
    ASSERT_TRUE(content) << given;
    EXPECT_EQ(content->fields[0].value, stored);
  }
}

TEST(Validate, a_field_that_nobody_configured_is_refused_with_what_was_meant) {
  Draft draft = good_draft();
  draft.fields.push_back({"Locaton", "x"});
  const auto content = validate(draft, example_rules());
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error()[0].field, "Locaton");
  EXPECT_EQ(content.error()[0].code, FaultCode::kNotAllowed);
  EXPECT_EQ(content.error()[0].suggestion, "Location");
}

TEST(FaultCode, every_code_has_its_name) {
  for (const auto& [code, shown] :
       std::vector<std::pair<FaultCode, std::string>>{{FaultCode::kMissing, "missing"},
                                                      {FaultCode::kEmpty, "empty"},
                                                      {FaultCode::kTooLong, "too_long"},
                                                      {FaultCode::kUnknownPriority, "unknown_priority"},
                                                      {FaultCode::kNotAllowed, "not_allowed"},
                                                      {FaultCode::kControlCharacters, "control_characters"}})
    EXPECT_EQ(name(code), shown);
}

}  // namespace
}  // namespace pointsman
