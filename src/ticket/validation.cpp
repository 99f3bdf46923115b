// SPDX-License-Identifier: Apache-2.0
#include "ticket/validation.h"

#include <algorithm>

#include "base/text.h"
#include "ticket/reply_words.h"

namespace pointsman {
namespace {

constexpr std::size_t kLongestGiven = 240;  // bytes of what was typed that a fault quotes

std::string shortened(std::string_view text) {
  const std::string_view cut = text::cut_at(text, kLongestGiven);
  return std::string(cut) + (cut.size() < text.size() ? "…" : "");
}

bool has_control_characters(std::string_view in) {
  while (!in.empty()) {
    if (text::is_control(text::take_code_point(in))) return true;
  }
  return false;
}

// A letter, digit or symbol of any script: something that says something.
bool says_something(std::string_view in) {
  while (!in.empty()) {
    const char32_t c = text::take_code_point(in);
    const bool ascii_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (ascii_word || (c >= 0xAA && !text::is_space(c) && !text::is_invisible(c))) return true;
  }
  return false;
}

class Judge {
 public:
  explicit Judge(std::vector<Fault>& faults) : faults_(faults) {}

  // The text when it is fit to be stored; every fault of it is noted.
  std::string text(std::string_view field, const std::optional<std::string>& given, bool required, std::size_t limit) {
    if (!given) {
      if (required) note(field, FaultCode::kMissing);
      return {};
    }
    if (!says_something(*given) || is_hint(*given)) {
      if (required) note(field, FaultCode::kEmpty);
      return {};
    }
    if (has_control_characters(*given)) note(field, FaultCode::kControlCharacters);
    if (text::count_code_points(*given) > limit) {
      note(field, FaultCode::kTooLong, *given);
      faults_.back().limit = limit;
    }
    return *given;
  }

  void note(std::string_view field, FaultCode code, std::string_view given = {}, std::string_view suggestion = {}) {
    faults_.push_back({std::string(field), code, shortened(given), std::string(suggestion), 0});
  }

 private:
  std::vector<Fault>& faults_;
};

void judge_priority(const Draft& draft, const Rules& rules, Judge& judge, Content& content) {
  if (!draft.priority) return judge.note("priority", FaultCode::kMissing);
  if (!says_something(*draft.priority)) return judge.note("priority", FaultCode::kEmpty);
  const PriorityLevel* level = find_priority(rules.priorities, *draft.priority);
  if (level == nullptr)
    return judge.note("priority", FaultCode::kUnknownPriority, *draft.priority, suggest_priority(rules.priorities, *draft.priority));
  content.priority = level->name;
  content.stated_priority = shortened(*draft.priority);
}

// The allowed value that was meant, as the configuration spells it.
const std::string* find_allowed(const FieldRule& rule, std::string_view given) {
  const std::string lowered = text::to_lower(text::trim(given));
  const auto at = std::find_if(rule.allowed.begin(), rule.allowed.end(),
                               [&lowered](const std::string& allowed) { return text::to_lower(allowed) == lowered; });
  return at == rule.allowed.end() ? nullptr : &*at;
}

void judge_field(const Draft& draft, const FieldRule& rule, const TextLimits& limits, Judge& judge, Content& content) {
  std::optional<std::string> given;
  for (const Field& field : draft.fields)
    if (field.name == rule.name) given = field.value;
  std::string value = judge.text(rule.name, given, rule.required, limits.field);
  if (value.empty()) return;
  if (!rule.allowed.empty()) {
    const std::string* allowed = find_allowed(rule, value);
    if (allowed == nullptr) {
      const std::vector<std::string_view> candidates(rule.allowed.begin(), rule.allowed.end());
      return judge.note(rule.name, FaultCode::kNotAllowed, value, text::did_you_mean(value, candidates));
    }
    value = *allowed;
  }
  content.fields.push_back({rule.name, std::move(value)});
}

// Texts that no label claimed, which the configuration does not know: only programs can send these.
void judge_unknown_fields(const Draft& draft, const Format& format, Judge& judge) {
  std::vector<std::string_view> known;
  for (const FieldRule& rule : format.fields) known.push_back(rule.name);
  for (const Field& field : draft.fields)
    if (std::find(known.begin(), known.end(), field.name) == known.end())
      judge.note(field.name, FaultCode::kNotAllowed, field.value, text::did_you_mean(field.name, known));
}

}  // namespace

const char* name(FaultCode code) noexcept {
  switch (code) {
    case FaultCode::kMissing: return "missing";
    case FaultCode::kEmpty: return "empty";
    case FaultCode::kTooLong: return "too_long";
    case FaultCode::kUnknownPriority: return "unknown_priority";
    case FaultCode::kNotAllowed: return "not_allowed";
    case FaultCode::kControlCharacters: return "control_characters";
  }
  return "unknown";
}

tl::expected<Content, std::vector<Fault>> validate(const Draft& draft, const Rules& rules) {
  std::vector<Fault> faults;
  Judge judge(faults);
  Content content;
  content.problem = judge.text("problem", draft.problem, true, rules.limits.problem);
  judge_priority(draft, rules, judge, content);
  content.description = judge.text("description", draft.description, true, rules.limits.description);
  for (const FieldRule& rule : rules.format.fields) judge_field(draft, rule, rules.limits, judge, content);
  judge_unknown_fields(draft, rules.format, judge);
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return content;
}

}  // namespace pointsman
