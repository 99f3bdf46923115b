// SPDX-License-Identifier: Apache-2.0
#include "ticket/priority.h"

#include "base/text.h"

namespace pointsman {
namespace {

// What people put around a word: "*High*!", "(urgent)", "'low'".
constexpr std::string_view kDecoration = "*_`~\"'()[]<>.,;:!?#-=";

std::string_view bare(std::string_view word) {
  word = text::trim(word);
  const std::size_t begin = word.find_first_not_of(kDecoration);
  if (begin == word.npos) return {};
  return text::trim(word.substr(begin, word.find_last_not_of(kDecoration) - begin + 1));
}

}  // namespace

std::vector<PriorityLevel> built_in_priorities() {
  return {
      {"high",
       {"urgent", "critical", "emergency", "asap", "highest", "p1", "1", "hoch", "dringend", "kritisch", "haute", "haut", "urgente",
        "élevée", "critique", "alta", "alto", "crítica"},
       "high"},
      {"medium", {"normal", "standard", "moderate", "med", "p2", "2", "mittel", "moyenne", "moyen", "normale", "media", "medio"}, "medium"},
      {"low", {"minor", "lowest", "p3", "3", "niedrig", "gering", "basse", "faible", "bas", "baja", "bajo"}, "low"},
  };
}

const PriorityLevel* find_priority(const std::vector<PriorityLevel>& levels, std::string_view word) {
  const std::string wanted = text::to_lower(bare(word));
  if (wanted.empty()) return nullptr;
  for (const PriorityLevel& level : levels)
    if (text::to_lower(level.name) == wanted) return &level;
  for (const PriorityLevel& level : levels)
    for (const std::string& alias : level.aliases)
      if (text::to_lower(alias) == wanted) return &level;
  return nullptr;
}

std::string_view suggest_priority(const std::vector<PriorityLevel>& levels, std::string_view word) {
  std::vector<std::string_view> words;
  for (const PriorityLevel& level : levels) {
    words.push_back(level.name);
    // Near a short alias lies nearly everything.
    for (const std::string& alias : level.aliases)
      if (alias.size() > 2) words.push_back(alias);
  }
  const std::string_view whole = bare(word);
  for (const std::string_view candidate : {whole, whole.substr(0, whole.find_first_of(" \t,;/"))}) {
    if (const PriorityLevel* level = find_priority(levels, candidate)) return level->name;
    if (const std::string_view near = text::did_you_mean(candidate, words); !near.empty()) return find_priority(levels, near)->name;
  }
  return {};
}

}  // namespace pointsman
