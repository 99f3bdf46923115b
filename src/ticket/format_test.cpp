// SPDX-License-Identifier: Apache-2.0
#include "ticket/format.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace pointsman {
namespace {

Format plain_format() { return {built_in_languages(), {}}; }

Format format_with_fields() {
  return {built_in_languages(),
          {{.name = "Category", .labels = {"Kategorie"}, .required = false, .allowed = {"Hardware", "Software"}},
           {.name = "Location", .labels = {"Room", "Ort"}, .required = true, .allowed = {}}}};
}

Draft read(std::string_view text, std::string_view locale = "") { return read_draft(text, locale, plain_format()); }

void expect_xyz(const std::string& text) {
  const Draft draft = read(text);
  EXPECT_EQ(draft.problem, "x") << text;
  EXPECT_EQ(draft.priority, "high") << text;
  EXPECT_EQ(draft.description, "y") << text;
}

TEST(ReadDraft, takes_the_labels_in_any_order) {
  std::vector<std::string> lines{"Problem: x", "Priority: high", "Description: y"};
  std::sort(lines.begin(), lines.end());
  do {
    expect_xyz(lines[0] + "\n" + lines[1] + "\n" + lines[2]);
    expect_xyz(lines[0] + " " + lines[1] + " " + lines[2]);
    expect_xyz(lines[0] + "\n\n" + lines[1] + "\n\n\n" + lines[2] + "\n");
  } while (std::next_permutation(lines.begin(), lines.end()));
}

TEST(ReadDraft, takes_every_case_emphasis_and_separator_on_lines_and_on_one_line) {
  for (const std::string separator :
       {":", " :", ": ", " : ", "：", "： ", " - ", " – ", " — ", "=", " = ", " -> ", " => ", " -- "}) {
    for (const auto& [problem, priority, description] :
         std::vector<std::array<std::string, 3>>{{"Problem", "Priority", "Description"},
                                                 {"problem", "priority", "description"},
                                                 {"PROBLEM", "PRIORITY", "DESCRIPTION"},
                                                 {"**Problem**", "**Priority**", "**Description**"},
                                                 {"*Problem*", "_Priority_", "`Description`"}}) {
      for (const std::string between : {"\n", " ", "\n\n", ", ", "; ", "\u00A0"}) {
        if (between != "\n" && between != "\n\n" && separator == " -> ") continue;  // an arrow on one line leads on
        expect_xyz(problem + separator + "x" + between + priority + separator + "high" + between + description + separator +
                   "y");
      }
    }
  }
}

TEST(ReadDraft, takes_what_people_do_to_the_format) {
  for (const std::string text : {
           "**Problem:** x\n**Priority:** high\n**Description:** y",
           "**Problem: x**\n**Priority: high**\nDescription: y",
           "- Problem: x\n- Priority: high\n- Description: y",
           "* Problem: x\n* Priority: high\n* Description: y",
           "• Problem: x\n• Priority: high\n• Description: y",
           "1. Problem: x\n2. Priority: high\n3) Description: y",
           "> Problem: x\n> Priority: high\n> Description: y",
           "# Problem: x\n## Priority: high\n### Description: y",
           "   Problem: x\n\tPriority: high\n \u00A0Description: y",
           "Problem\nx\nPriority\nhigh\nDescription\ny",
           "Problem:\nx\nPriority:\nhigh\nDescription:\ny",
           "Problem:\n\nx\n\nPriority:\n\nhigh\n\nDescription:\n\ny",
           "Problem | x\nPriority | high\nDescription | y",
           "Problem: | x\nPriority: | high\nDescription: | y",
           "Field | Value\nProblem | x\nPriority | high\nDescription | y",
           "Hello,\nplease help me.\nProblem: x\nPriority: high\nDescription: y",
           "Hi, Problem: x, Priority: high, Description: y",
           "Problem: x - Priority: high - Description: y",
           "Problem: x / Priority: high / Description: y",
           "Problem: x; priority: high; description: y",
           "description: y Problem: x Priority: high",
           "Problem: x Priority = high Description： y",
           "Problem: x Priority - high Description: y",
           "Issue: x\nUrgency: high\nDetails: y",
           "Subject: x\nPrio: high\nDesc: y",
       })
    expect_xyz(text);
}

TEST(ReadDraft, keeps_a_description_as_it_was_written) {
  const std::string description =
      "It fails.\n\nSteps:\n- open it\n  1. wait\n\n    int main() { return 1; }\n\ta | b\n\nThat is all: see a=b - c";
  EXPECT_EQ(read("Problem: x\nPriority: high\nDescription: " + description).description, description);
  EXPECT_EQ(read("Description: " + description + "\nProblem: x\nPriority: high").description, description);
  EXPECT_EQ(read("Problem: x\nDescription:\n\n" + description + "\n\nPriority: high").description, description);
}

TEST(ReadDraft, a_table_typed_into_a_description_is_kept) {
  EXPECT_EQ(read("Problem: x\nPriority: high\nDescription: | a | b |\n|---|---|\n| c | d |").description,
            "| a | b |\n|---|---|\n| c | d |");
}

TEST(ReadDraft, a_label_word_in_a_description_is_prose) {
  for (const std::string description :
       {"y\nPriority: we should prioritise this", "y Priority: we should prioritise this", "the Problem: it does not start",
        "Description: of the thing", "y\nDescription: more", "y\nProblem\nwith it", "y\nPriority", "see issue: 12",
        "high priority - really", "- Problem: none\n- Priority: none", "Problem: a Priority: low Description: b"}) {
    for (const std::string& text :
         {"Problem: x\nPriority: high\nDescription: " + description, "Problem: x Priority: high Description: " + description}) {
      const Draft draft = read(text);
      EXPECT_EQ(draft.problem, "x") << text;
      EXPECT_EQ(draft.priority, "high") << text;
      EXPECT_EQ(draft.description, description) << text;
    }
  }
}

TEST(ReadDraft, a_label_word_inside_a_description_is_prose_though_its_own_label_comes_later) {
  const Draft draft = read("Description: I saw the problem: it hangs. Then priority: none.\nProblem: x\nPriority: high");
  EXPECT_EQ(draft.problem, "x");
  EXPECT_EQ(draft.priority, "high");
  EXPECT_EQ(draft.description, "I saw the problem: it hangs. Then priority: none.");
}

TEST(ReadDraft, words_that_only_begin_like_a_label_are_none) {
  for (const std::string text : {"Problems: x", "Problem-Steuerung: x", "problem://x", "Prioritypass: x", "My problem is x",
                                 "The problem - well - is x", "Problem is: x"}) {
    const Draft draft = read(text);
    EXPECT_FALSE(draft.problem || draft.priority || draft.description) << text;
    EXPECT_EQ(draft.unlabelled, text);
  }
}

TEST(ReadDraft, a_value_may_hold_separators_and_addresses) {
  const Draft draft = read("Problem: VPN - error=13: see https://wiki/x?a=b\nPriority: high\nDescription: C:\\temp - a:b=c");
  EXPECT_EQ(draft.problem, "VPN - error=13: see https://wiki/x?a=b");
  EXPECT_EQ(draft.description, "C:\\temp - a:b=c");
}

TEST(ReadDraft, a_problem_over_several_lines_becomes_one) {
  const Draft draft = read("Problem: The printer\n  on floor 2\tis jammed\nPriority: high\nDescription: y");
  EXPECT_EQ(draft.problem, "The printer on floor 2 is jammed");
}

TEST(ReadDraft, text_without_a_label_is_kept_for_the_description) {
  const Draft draft = read("my printer is broken");
  EXPECT_FALSE(draft.problem || draft.priority || draft.description);
  EXPECT_EQ(draft.unlabelled, "my printer is broken");
  EXPECT_EQ(read("Problem: x\nPriority: high\nIt smells.\nReally.").unlabelled, "It smells.\nReally.");
  EXPECT_EQ(read("Priority: high\nProblem: x\nIt smells.\nReally.").unlabelled, "It smells.\nReally.");
  EXPECT_EQ(read("Priority: high\nProblem: x\nIt smells.").problem, "x");
  EXPECT_EQ(read("Hello\nProblem: x\nPriority: high").unlabelled, "Hello");
}

TEST(ReadDraft, text_below_the_priority_is_not_lost) {
  const Draft draft = read("Problem: x\nPriority: high\nThe boss waits.\nDescription: y");
  EXPECT_EQ(draft.priority, "high");
  EXPECT_EQ(draft.description, "y\n\nThe boss waits.");
}

TEST(ReadDraft, the_first_of_a_label_given_twice_counts_and_nothing_is_lost) {
  const Draft draft = read("Problem: a\nProblem: b\nPriority: high\nPriority: low\nDescription: c");
  EXPECT_EQ(draft.problem, "a Problem: b");
  EXPECT_EQ(draft.priority, "high");
  EXPECT_EQ(draft.description, "c\n\nPriority: low");
}

TEST(ReadDraft, an_empty_value_is_empty_and_an_absent_one_absent) {
  const Draft draft = read("Problem:\nPriority: \u00A0\nmore");
  EXPECT_EQ(draft.problem, "");
  EXPECT_TRUE(draft.priority);
  EXPECT_FALSE(draft.description);
  EXPECT_EQ(read("Problem: Priority: Description:").problem, "");
  EXPECT_EQ(read("Problem: Priority: Description:").priority, "");
  EXPECT_EQ(read("Problem: Priority: Description:").description, "");
  EXPECT_EQ(read("").unlabelled, "");
}

TEST(ReadDraft, answers_in_the_language_of_the_labels_else_of_the_locale_else_the_first) {
  struct Case {
    std::string text, locale, language;
  };
  for (const Case& c : std::vector<Case>{
           {"Problem: x\nPriority: high\nDescription: y", "de-DE", "en"},
           {"Problem: x\nPriorität: hoch\nBeschreibung: y", "en-US", "de"},
           {"Problème : x\nPriorité : haute\nDescription : y", "en-US", "fr"},
           {"Problema: x\nPrioridad: alta\nDescripción: y", "de-DE", "es"},
           {"PROBLÈME : x PRIORITÉ : haute DESCRIPTION : y", "", "fr"},
           {"Betreff = x\nDringlichkeit = hoch\nEinzelheiten = y", "", "de"},
           {"Störung: x\nPrio: hoch", "fr-FR", "de"},
           {"Problem: x", "de-AT", "de"},  // the same word in both
           {"Problem: x", "fr-FR", "en"},
           {"kaputt", "de", "de"},
           {"kaputt", "de_CH", "de"},
           {"kaputt", "DE", "de"},
           {"brisé", "fr-CA", "fr"},
           {"roto", "es-MX", "es"},
           {"broken", "nb-NO", "en"},
           {"broken", "", "en"},
           {"broken", "-", "en"},
           {"broken", "den-XX", "en"},
       })
    EXPECT_EQ(read(c.text, c.locale).language, c.language) << c.text << " / " << c.locale;
  for (const auto& [text, problem] :
       std::vector<std::pair<std::string, std::string>>{{"Problème : x\nPriorité : haute\nDescription : y", "x"},
                                                        {"Titre: x\nUrgence: haute\nDétails: y", "x"},
                                                        {"Asunto: x\nUrgencia: alta\nDetalles: y", "x"}}) {
    const Draft draft = read(text);
    EXPECT_EQ(draft.problem, problem);
    EXPECT_TRUE(draft.priority);
    EXPECT_EQ(draft.description, "y");
  }
}

TEST(ReadDraft, the_configured_languages_and_synonyms_count) {
  Format format{{{"nl", {"Probleem", "Wat is er"}, {"Prioriteit"}, {"Omschrijving"}}, {"zh", {"问题"}, {"优先级"}, {"描述"}}},
                {}};
  Draft draft = read_draft("WAT IS ER: x\nPrioriteit: high\nOmschrijving: y", "", format);
  EXPECT_EQ(draft.problem, "x");
  EXPECT_EQ(draft.description, "y");
  EXPECT_EQ(draft.language, "nl");
  for (const std::string text : {"问题：x\n优先级：high\n描述：y", "问题：x　优先级：high　描述：y"}) {
    draft = read_draft(text, "", format);
    EXPECT_EQ(draft.problem, "x");
    EXPECT_EQ(draft.priority, "high");
    EXPECT_EQ(draft.description, "y");
    EXPECT_EQ(draft.language, "zh");
  }
  EXPECT_FALSE(read_draft("Problem: x", "", format).problem);
}

TEST(ReadDraft, reads_the_configured_fields_by_name_and_by_label_in_the_order_of_the_configuration) {
  for (const std::string text : {"Problem: x\nORT: room 4\nPriority: high\n**Category** - hardware\nDescription: y",
                                 "Problem: x Room: room 4 Kategorie: hardware Priority: high Description: y",
                                 "Location = room 4\nCategory = hardware\nProblem = x\nPriority = high\nDescription = y"}) {
    const Draft draft = read_draft(text, "", format_with_fields());
    EXPECT_EQ(draft.fields, (std::vector<Field>{{"Category", "hardware"}, {"Location", "room 4"}})) << text;
    EXPECT_EQ(draft.problem, "x") << text;
    EXPECT_EQ(draft.description, "y") << text;
  }
}

TEST(ReadDraft, a_field_that_nobody_wrote_is_not_found_in_the_prose_of_a_description) {
  const Draft draft = read_draft("Problem: x\nPriority: high\nDescription: In the tool I chose Category: none and it hung", "",
                                 format_with_fields());
  EXPECT_TRUE(draft.fields.empty());
  EXPECT_EQ(draft.description, "In the tool I chose Category: none and it hung");
}

TEST(ReadDraft, more_than_64_languages_do_no_harm) {
  Format format;
  for (int i = 0; i < 100; ++i) {
    const std::string n = std::to_string(i);
    format.languages.push_back({"l" + n, {"p" + n}, {"q" + n}, {"r" + n}});
  }
  EXPECT_EQ(read_draft("p99: x\nq99: high\nr99: y", "", format).problem, "x");
}

// A quadratic reader would take minutes over these, and the test would run into its time limit.
TEST(ReadDraft, a_body_full_of_anything_is_read_in_linear_time) {
  for (const std::string piece : {"Problem: ", "problem ", "Description: Problem: ", "*", "- ", "\n", "1.", "Priority: high\n",
                                  "é ", "｜：", "\u00A0", "x,", "Description\n"}) {
    std::string text;
    while (text.size() < 300'000) text += piece;
    const Draft draft = read_draft(text, "", format_with_fields());
    EXPECT_LE(draft.unlabelled.size() + draft.problem.value_or("").size() + draft.description.value_or("").size(),
              2 * text.size());
  }
}

}  // namespace
}  // namespace pointsman
