// SPDX-License-Identifier: Apache-2.0
#include "ticket/validation.h"

#include <algorithm>

#include "base/text.h"
#include "ticket/hints.h"

namespace pointsman {
namespace {

constexpr std::size_t kLongestGiven = 240;  // bytes of what was typed that a fault quotes

std::string shortened(std::string_view text) {
  const std::string_view cut = text::cut_at(text, kLongestGiven);
  return std::string(cut) + (cut.size() < text.size() ? "…" : "");
}

// What cannot be shown or stored as text: controls, and bytes that are no UTF-8.
bool has_control_characters(std::string_view in) {
  if (!text::is_valid_utf8(in)) return true;
  for (;;) {
    in.remove_prefix(text::plain_prefix(in));
    if (in.empty()) return false;
    if (text::is_control(text::take_code_point(in))) return true;
  }
}

// A letter, digit or symbol of any script: something that says something.
bool says_something(std::string_view in) {
  constexpr char32_t kBrailleBlank = 0x2800;
  while (!in.empty()) {
    const char32_t c = text::take_code_point(in);
    const bool ascii_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (ascii_word || (c >= 0xAA && c != kBrailleBlank && !text::is_space(c) && !text::is_invisible(c))) return true;
  }
  return false;
}

// "@Helpdesk": somebody is called, nothing is said.
bool is_only_mention(std::string_view in) {
  in = text::trim(in);
  return in.starts_with('@') && in.find_first_of(" \t\n") == in.npos;
}

// "Priority" where the value should be: the next label slipped in.
bool is_only_label(std::string_view in, const Format& format) {
  const std::string_view word = text::bare_word(in);
  const auto is_word = [word](const std::string& label) { return text::equal_ignoring_case(label, word); };
  for (const LanguageLabels& language : format.languages)
    for (const auto* list : {&language.problem, &language.priority, &language.description})
      if (std::any_of(list->begin(), list->end(), is_word)) return true;
  return std::any_of(format.fields.begin(), format.fields.end(), [&](const FieldRule& rule) { return is_word(rule.name); });
}

class Judge {
 public:
  explicit Judge(std::vector<Fault>& faults) : faults_(faults) {}

  // The text when it is fit to be stored; every fault of it is noted. `says_nothing`: what is there is no more than a
  // placeholder.
  std::string text(std::string_view field, std::optional<std::string> given, bool says_nothing, bool required,
                   std::size_t limit) {
    if (!given) {
      if (required) note(field, FaultCode::kMissing);
      return {};
    }
    if (says_nothing || !says_something(*given) || is_only_mention(*given)) {
      if (required) note(field, FaultCode::kEmpty);
      return {};
    }
    if (has_control_characters(*given)) note(field, FaultCode::kControlCharacters);
    if (text::count_code_points(*given) > limit) {
      note(field, FaultCode::kTooLong, *given);
      faults_.back().limit = limit;
    }
    return std::move(*given);
  }

  void note(std::string_view field, FaultCode code, std::string_view given = {}, std::string_view suggestion = {}) {
    faults_.push_back({std::string(field), code, shortened(given), std::string(suggestion), 0});
  }

 private:
  std::vector<Fault>& faults_;
};

// Way in by way in a value may still hold line breaks and invisible characters; what is stored does not.
template <class Clean>
std::optional<std::string> cleaned(const std::optional<std::string>& given, Clean clean) {
  if (!given) return std::nullopt;
  return text::is_valid_utf8(*given) ? clean(*given) : *given;
}

template <class Clean>
std::string judge_text(std::string_view field, const std::optional<std::string>& given, Clean clean, std::size_t limit,
                       const Format& format, Judge& judge) {
  const bool says_nothing = given && (is_text_hint(*given) || is_only_label(*given, format));
  return judge.text(field, cleaned(given, clean), says_nothing, true, limit);
}

void judge_priority(const Draft& draft, const Rules& rules, Judge& judge, Content& content) {
  if (!draft.priority) return judge.note("priority", FaultCode::kMissing);
  const std::string said = text::one_line(*draft.priority);
  if (const PriorityLevel* level = read_priority(rules.priorities, said);
      level != nullptr && !is_priority_hint(said, rules.priorities)) {
    if (has_control_characters(*draft.priority)) judge.note("priority", FaultCode::kControlCharacters);
    content.priority = level->name;
    content.stated_priority = shortened(said);
    return;
  }
  if (!says_something(said) || is_priority_hint(said, rules.priorities) || is_only_label(said, rules.format))
    return judge.note("priority", FaultCode::kEmpty);
  judge.note("priority", FaultCode::kUnknownPriority, said, suggest_priority(rules.priorities, said));
}

// The allowed value that was meant, as the configuration spells it.
const std::string* find_allowed(const FieldRule& rule, std::string_view given) {
  for (const std::string& wanted : {text::to_lower(given), text::to_lower(text::bare_word(given))})
    for (const std::string& allowed : rule.allowed)
      if (text::to_lower(allowed) == wanted) return &allowed;
  return nullptr;
}

void judge_field(const Draft& draft, const FieldRule& rule, const TextLimits& limits, Judge& judge, Content& content) {
  std::optional<std::string> given;
  for (const Field& field : draft.fields)
    if (field.name == rule.name) given = field.value;
  std::string value =
      judge.text(rule.name, cleaned(given, text::one_line), given && is_field_hint(*given, rule), rule.required, limits.field);
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
  content.problem = judge_text("problem", draft.problem, text::one_line, rules.limits.problem, rules.format, judge);
  judge_priority(draft, rules, judge, content);
  content.description =
      judge_text("description", draft.description, text::plain_lines, rules.limits.description, rules.format, judge);
  for (const FieldRule& rule : rules.format.fields) judge_field(draft, rule, rules.limits, judge, content);
  judge_unknown_fields(draft, rules.format, judge);
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return content;
}

}  // namespace pointsman
