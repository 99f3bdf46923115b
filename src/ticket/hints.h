// SPDX-License-Identifier: Apache-2.0
//
// ticket/hints.h: what stands in the format where nothing was given yet, "(high | medium | low)", and how it is known again
// when somebody sends it back as it stood. Round brackets: they mean nothing in Markdown, in cards and in HTML. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ticket/reply_words.h"
#include "ticket/validation.h"

namespace pointsman {

std::string problem_hint(const ReplyWords& words);
std::string priority_hint(const std::vector<PriorityLevel>& levels);
std::string description_hint(const ReplyWords& words);
std::string field_hint(const FieldRule& rule, const ReplyWords& words);

// At most so many choices are listed in one place.
inline constexpr std::size_t kMostChoicesShown = 30;
std::string priority_choices(const std::vector<PriorityLevel>& levels, std::string_view separator);
std::string field_choices(const FieldRule& rule, std::string_view separator);

// Whether a value is the hint of its place, in any language.
bool is_text_hint(std::string_view value);  // of problem or description
bool is_priority_hint(std::string_view value, const std::vector<PriorityLevel>& levels);
bool is_field_hint(std::string_view value, const FieldRule& rule);

}  // namespace pointsman
