// SPDX-License-Identifier: Apache-2.0
#include "ticket/priority.h"

#include <algorithm>

#include "base/text.h"

namespace pointsman {
namespace {

constexpr std::size_t kMostWordsLookedAt = 32;  // of what stands where a priority should

// Takes the first word off `said`.
std::string_view take_word(std::string_view& said) {
  constexpr std::string_view kBetween = " \t\n,;/|.:()";
  const std::size_t begin = std::min(said.find_first_not_of(kBetween), said.size());
  const std::size_t end = std::min(said.find_first_of(kBetween, begin), said.size());
  const std::string_view word = said.substr(begin, end - begin);
  said.remove_prefix(end);
  return word;
}

}  // namespace

std::vector<PriorityLevel> built_in_priorities() {
  return {
      {"high",
       {"urgent", "critical", "emergency", "asap", "highest", "p1", "1", "hoch", "dringend", "sofort", "kritisch", "haute", "haut", "urgente",
        "élevée", "critique", "alta", "alto", "crítica"},
       "high"},
      {"medium", {"normal", "standard", "moderate", "med", "p2", "2", "mittel", "moyenne", "moyen", "normale", "media", "medio"}, "medium"},
      {"low", {"minor", "lowest", "p3", "3", "niedrig", "gering", "basse", "faible", "bas", "baja", "bajo"}, "low"},
  };
}

const PriorityLevel* find_priority(const std::vector<PriorityLevel>& levels, std::string_view word) {
  const std::string whole = text::to_lower(text::trim(word));
  const std::string bare = text::to_lower(text::bare_word(word));
  for (const std::string& wanted : {whole, bare}) {
    if (wanted.empty()) continue;
    for (const PriorityLevel& level : levels)
      if (text::to_lower(level.name) == wanted) return &level;
    for (const PriorityLevel& level : levels)
      for (const std::string& alias : level.aliases)
        if (text::to_lower(alias) == wanted) return &level;
  }
  return nullptr;
}

const PriorityLevel* read_priority(const std::vector<PriorityLevel>& levels, std::string_view said) {
  if (const PriorityLevel* level = find_priority(levels, said)) return level;
  said = text::trim(said);
  const PriorityLevel* const first = find_priority(levels, take_word(said));
  if (first == nullptr) return nullptr;
  for (std::size_t i = 0; i < kMostWordsLookedAt && !said.empty(); ++i) {
    const PriorityLevel* const other = find_priority(levels, take_word(said));
    if (other != nullptr && other != first) return nullptr;
  }
  return first;
}

std::string_view suggest_priority(const std::vector<PriorityLevel>& levels, std::string_view said) {
  std::vector<std::string_view> words;
  for (const PriorityLevel& level : levels) {
    words.push_back(level.name);
    // Near a short alias lies nearly everything.
    for (const std::string& alias : level.aliases)
      if (alias.size() > 2) words.push_back(alias);
  }
  std::string_view rest = said;
  for (const std::string_view candidate : {text::bare_word(said), take_word(rest)})
    if (const std::string_view near = text::did_you_mean(candidate, words); !near.empty()) return find_priority(levels, near)->name;
  rest = said;
  for (std::size_t i = 0; i < kMostWordsLookedAt && !rest.empty(); ++i)
    if (const PriorityLevel* level = find_priority(levels, take_word(rest))) return level->name;
  return {};
}

}  // namespace pointsman
