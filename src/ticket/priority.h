// SPDX-License-Identifier: Apache-2.0
//
// ticket/priority.h: the configured levels of priority, highest first, and the words people use for them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pointsman {

struct PriorityLevel {
  std::string name;
  std::vector<std::string> aliases;  // compared without case
  std::string queue;
  bool operator==(const PriorityLevel&) const = default;
};

// high, medium, low, with the words for them in English, German, French and Spanish.
std::vector<PriorityLevel> built_in_priorities();

// The level that a word names, by name or alias, whatever its case and what is put around it; null when none does.
const PriorityLevel* find_priority(const std::vector<PriorityLevel>& levels, std::string_view word);

// The same for what a requester wrote: the level may be followed by why ("high because the boss waits"), as long as no other
// level is named there ("high or low?").
const PriorityLevel* read_priority(const std::vector<PriorityLevel>& levels, std::string_view said);

// The name of the level that was probably meant: the one named somewhere in it, or nearest to a mistyped word; empty when none
// is.
std::string_view suggest_priority(const std::vector<PriorityLevel>& levels, std::string_view said);

}  // namespace pointsman
