// SPDX-License-Identifier: Apache-2.0
#include "ticket/format.h"

#include <algorithm>

#include "base/text.h"
#include "ticket/format_labels.h"

namespace pointsman {
namespace {

// Splits off the first line that says something; `in` keeps the rest.
std::string_view take_line(std::string_view& in) {
  in = text::trim(in);
  const std::size_t end = in.find('\n');
  const std::string_view line = text::trim(in.substr(0, end));
  in = end == in.npos ? std::string_view{} : in.substr(end + 1);
  return line;
}

// "x, Priority: high" and "x - Priority: high": the comma and the dash belong to neither.
std::string_view without_list_mark(std::string_view value) {
  value = text::trim(value);
  for (;;) {
    std::string_view shorter = value;
    if (value.ends_with(',') || value.ends_with(';') || value.ends_with('|')) shorter.remove_suffix(1);
    for (const std::string_view mark : {" -", " –", " —", " /", " •"})
      if (value.ends_with(mark)) shorter.remove_suffix(mark.size());
    if (shorter.size() == value.size()) return value;
    value = text::trim(shorter);
  }
}

// "**Problem: x**": the emphasis that began before the label.
std::string_view without_loose_emphasis(std::string_view value) {
  value = text::trim(value);
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view mark : {"**", "__", "*", "_"}) {
      if (!value.ends_with(mark) || value.find(mark.front()) < value.size() - mark.size()) continue;
      value = text::trim(value.substr(0, value.size() - mark.size()));
      again = true;
    }
  }
  return value;
}

// What a value of one line is.
std::string line_of(std::string_view value) {
  const std::string line = text::one_line(value);
  return std::string(without_loose_emphasis(line));
}

void append_paragraph(std::string& to, std::string_view paragraph) {
  paragraph = text::trim(paragraph);
  if (paragraph.empty()) return;
  if (!to.empty()) to += '\n';
  to += paragraph;
}

void fill(Draft& draft, const LabelAt& label, std::string_view value, const Format& format, std::string& loose) {
  switch (label.slot) {
    case kProblemSlot:
      draft.problem = std::string(text::trim(value));
      return;  // its first line or all of it: see place_loose_text()
    case kPrioritySlot:
      draft.priority = line_of(take_line(value));
      append_paragraph(loose, value);
      return;
    case kDescriptionSlot: draft.description = std::string(text::trim(value)); return;
    default: draft.fields.push_back({format.fields[label.slot - kFirstField].name, line_of(value)});
  }
}

// What stands below a one-line value belongs to no label; it is the description, or more of it.
void place_loose_text(Draft& draft, std::string loose) {
  if (draft.problem && !draft.description) {
    std::string_view rest = *draft.problem;
    const std::string first{take_line(rest)};
    std::string below{text::trim(rest)};
    append_paragraph(below, loose);
    loose = std::move(below);
    draft.problem = first;
  }
  if (draft.problem) draft.problem = line_of(*draft.problem);
  if (loose.empty()) return;
  if (!draft.description || draft.description->empty()) return append_paragraph(draft.unlabelled, loose);
  *draft.description += "\n\n" + loose;
}

std::size_t language_of_locale(std::string_view locale, const Format& format) {
  const std::string_view primary = locale.substr(0, locale.find_first_of("-_"));
  for (std::size_t i = 0; i < format.languages.size(); ++i)
    if (!primary.empty() && text::equal_ignoring_case(format.languages[i].language, primary)) return i;
  return 0;
}

// The language with most of the labels; where several have as many, the locale's, then the first configured.
std::string choose_language(const std::vector<LabelAt>& labels, std::string_view locale, const Format& format) {
  std::size_t best = language_of_locale(locale, format);
  const auto count = [&labels](std::size_t language) {
    return std::count_if(labels.begin(), labels.end(),
                         [language](const LabelAt& label) { return language < 64 && (label.languages >> language & 1) != 0; });
  };
  for (std::size_t i = 0; i < format.languages.size(); ++i)
    if (count(i) > count(best)) best = i;
  return format.languages[best].language;
}

void sort_fields(std::vector<Field>& fields, const Format& format) {
  const auto rank = [&format](const Field& field) {
    return std::find_if(format.fields.begin(), format.fields.end(), [&](const FieldRule& rule) { return rule.name == field.name; }) -
           format.fields.begin();
  };
  std::sort(fields.begin(), fields.end(), [&rank](const Field& a, const Field& b) { return rank(a) < rank(b); });
}

}  // namespace

DraftReader::DraftReader(const Format& format) : format_(format), table_(make_label_table(format)) {}

Draft DraftReader::read(std::string_view text, std::string_view locale) const {
  const Format& format = format_;
  Draft draft;
  const std::vector<LabelAt> labels = find_labels(text, *table_);
  draft.language = choose_language(labels, locale, format);
  append_paragraph(draft.unlabelled, text.substr(0, labels.empty() ? text.size() : labels.front().begin));
  std::string loose;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool last = i + 1 == labels.size();
    const std::size_t end = last ? text.size() : labels[i + 1].begin;
    std::string_view value = text.substr(labels[i].end, end - std::min(end, labels[i].end));
    if (!last && labels[i + 1].in_line) value = without_list_mark(value);
    fill(draft, labels[i], value, format, loose);
  }
  place_loose_text(draft, std::move(loose));
  sort_fields(draft.fields, format);
  return draft;
}

Draft read_draft(std::string_view text, std::string_view locale, const Format& format) { return DraftReader(format).read(text, locale); }

}  // namespace pointsman
