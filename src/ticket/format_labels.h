// SPDX-License-Identifier: Apache-2.0
//
// ticket/format_labels.h: finds where the labels of the format stand in a text. Pure; linear in the text.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ticket/format.h"

namespace pointsman {

// Which slot a label fills: one of these, or kFirstField plus the index of a configured field.
inline constexpr std::size_t kProblemSlot = 0, kPrioritySlot = 1, kDescriptionSlot = 2, kFirstField = 3;

struct LabelAt {
  std::size_t slot = 0;
  std::size_t begin = 0;  // of what belongs to the label: bullet, emphasis, word, separator
  std::size_t end = 0;    // where the value begins
  char separator = 0;     // ':', '-', '=', '|'; 0: it stands alone on its line
  bool capital = false;   // the label was typed with a capital
  bool in_line = false;   // it stands in the middle of a line
  std::uint64_t languages = 0;  // bit i: a label of Format::languages[i]
};

// At most one label a slot, in the order of the text. A first line that holds all of them is the whole form. Else labels at the start
// of a line come first; what they leave open is looked for within lines, so that "Problem: x Priority: high" works on one line and a
// label word in prose is only taken where one is missing.
std::vector<LabelAt> find_labels(std::string_view text, const LabelTable& table);

// All label words of a format, ready to be looked for.
std::shared_ptr<const LabelTable> make_label_table(const Format& format);

}  // namespace pointsman
