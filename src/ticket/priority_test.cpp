// SPDX-License-Identifier: Apache-2.0
#include "ticket/priority.h"

#include <gtest/gtest.h>

namespace pointsman {
namespace {

// The name of what was read; "-" for nothing.
std::string read(std::string_view said, const std::vector<PriorityLevel>& levels = built_in_priorities()) {
  const PriorityLevel* level = read_priority(levels, said);
  return level == nullptr ? "-" : level->name;
}

TEST(ReadPriority, knows_the_words_of_every_built_in_language_in_any_case_and_dress) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"high", "high"},     {"HIGH", "high"},      {"Urgent", "high"},  {"asap!!!", "high"},  {"**High**", "high"},
      {"(p1)", "high"},     {"1", "high"},         {"hoch", "high"},    {"DRINGEND", "high"}, {"haute", "high"},
      {"ÉLEVÉE", "high"},   {"alta", "high"},      {"Crítica", "high"}, {"medium", "medium"}, {"Normal.", "medium"},
      {"mittel", "medium"}, {"moyenne", "medium"}, {"media", "medium"}, {"p2", "medium"},     {"low", "low"},
      {"niedrig", "low"},   {"faible", "low"},     {"Baja", "low"},     {"3", "low"},         {"🔥 urgent 🔥", "high"},
      {"→ low", "low"},     {"\"low\"", "low"},    {" high\n", "high"}};
  for (const auto& [said, level] : table) EXPECT_EQ(read(said), level) << said;
}

TEST(ReadPriority, a_level_may_be_followed_by_why) {
  for (const std::string said : {"high because the boss waits", "High, everybody is affected", "urgent (the shop is closed)",
                                 "high - see below", "high priority", "high/urgent", "P1: customers cannot pay"})
    EXPECT_EQ(read(said), "high") << said;
}

TEST(ReadPriority, what_names_two_levels_or_none_first_is_not_guessed) {
  for (const std::string said : {"high or low?", "low, no: high", "not high", "very high", "high | medium | low", "1 of 3",
                                 "we should prioritise", "blue", "", "  ", "!!!"})
    EXPECT_EQ(read(said), "-") << said;
}

TEST(FindPriority, takes_any_number_of_configured_levels_and_only_those) {
  const std::vector<PriorityLevel> levels{
      {"sev-1", {"outage", "s 1"}, "a"}, {"sev-2", {}, "b"}, {"sev-3", {}, "c"}, {"sev-4", {}, "d"}, {"🔥", {"brennt"}, "e"}};
  EXPECT_EQ(read("SEV-1", levels), "sev-1");
  EXPECT_EQ(read("outage", levels), "sev-1");
  EXPECT_EQ(read("S 1", levels), "sev-1");
  EXPECT_EQ(read("sev-4", levels), "sev-4");
  EXPECT_EQ(read("🔥", levels), "🔥");
  EXPECT_EQ(read("high", levels), "-");
  EXPECT_EQ(read("high", {}), "-");
}

TEST(FindPriority, a_name_wins_over_an_alias) {
  const std::vector<PriorityLevel> levels{{"high", {"low"}, "a"}, {"low", {}, "b"}};
  EXPECT_EQ(read("low", levels), "low");
}

TEST(SuggestPriority, names_the_level_that_was_probably_meant) {
  const std::vector<std::pair<std::string, std::string>> table{{"hihg", "high"},
                                                               {"hgih!", "high"},
                                                               {"urgnet", "high"},
                                                               {"meduim", "medium"},
                                                               {"lwo", "low"},
                                                               {"niedrg", "low"},
                                                               {"very high", "high"},
                                                               {"so dringend", "high"},
                                                               {"hihg because", "high"},
                                                               {"purple", ""},
                                                               {"", ""},
                                                               {"we would like it soon", ""}};
  for (const auto& [said, level] : table) EXPECT_EQ(suggest_priority(built_in_priorities(), said), level) << said;
}

TEST(SuggestPriority, looks_at_a_bounded_part_of_a_long_text) {
  std::string said;
  for (int i = 0; i < 50'000; ++i) said += "xxxx ";
  EXPECT_EQ(suggest_priority(built_in_priorities(), said + "high"), "");
  EXPECT_EQ(read(said), "-");
}

}  // namespace
}  // namespace pointsman
