// SPDX-License-Identifier: Apache-2.0
#include "ticket/hints.h"

#include <algorithm>

#include "base/text.h"

namespace pointsman {
namespace {

bool is_in_brackets(std::string_view value) { return value.starts_with('(') && value.ends_with(')'); }
std::string in_brackets(std::string_view words) { return "(" + std::string(words) + ")"; }

void append_choice(std::string& out, std::string_view separator, std::string_view choice, std::size_t index) {
  if (index > kMostChoicesShown) return;
  if (index == kMostChoicesShown) {
    out += " …";
    return;
  }
  if (index > 0) out += separator;
  out += choice;
}

}  // namespace

std::string priority_choices(const std::vector<PriorityLevel>& levels, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < levels.size(); ++i) append_choice(out, separator, levels[i].name, i);
  return out;
}

std::string field_choices(const FieldRule& rule, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < rule.allowed.size(); ++i) append_choice(out, separator, rule.allowed[i], i);
  return out;
}

std::string problem_hint(const ReplyWords& words) { return in_brackets(words.problem_hint); }
std::string description_hint(const ReplyWords& words) { return in_brackets(words.description_hint); }
std::string priority_hint(const std::vector<PriorityLevel>& levels) { return in_brackets(priority_choices(levels, " | ")); }

std::string field_hint(const FieldRule& rule, const ReplyWords& words) {
  if (rule.allowed.empty()) return in_brackets(rule.required ? words.field_hint : words.optional_hint);
  const std::string choices = field_choices(rule, " | ");
  return in_brackets(rule.required ? choices : choices + ", " + std::string(words.optional_hint));
}

bool is_text_hint(std::string_view value) {
  value = text::trim(value);
  if (!is_in_brackets(value)) return false;  // as almost always
  const auto& all = all_reply_words();
  return std::any_of(all.begin(), all.end(), [value](const ReplyWords& words) {
    return value == problem_hint(words) || value == description_hint(words);
  });
}

bool is_priority_hint(std::string_view value, const std::vector<PriorityLevel>& levels) {
  value = text::trim(value);
  return is_in_brackets(value) && value == priority_hint(levels);
}

bool is_field_hint(std::string_view value, const FieldRule& rule) {
  value = text::trim(value);
  if (!is_in_brackets(value)) return false;
  const auto& all = all_reply_words();
  return std::any_of(all.begin(), all.end(), [&](const ReplyWords& words) { return value == field_hint(rule, words); });
}

}  // namespace pointsman
