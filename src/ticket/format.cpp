// SPDX-License-Identifier: Apache-2.0
#include "ticket/format.h"

#include <algorithm>

#include "base/text.h"
#include "ticket/format_labels.h"

namespace pointsman {
namespace {

// All lines as one, every run of blanks as one space.
std::string on_one_line(std::string_view in) {
  std::string out;
  bool space = false;
  for (std::string_view rest = text::trim(in); !rest.empty();) {
    const char32_t c = text::take_code_point(rest);
    if (text::is_space(c)) {
      space = true;
      continue;
    }
    if (space) out += ' ';
    space = false;
    text::append_utf8(out, c);
  }
  return out;
}

// Splits off the first line that says something; `in` keeps the rest.
std::string_view take_line(std::string_view& in) {
  in = text::trim(in);
  const std::size_t end = in.find('\n');
  const std::string_view line = text::trim(in.substr(0, end));
  in = end == in.npos ? std::string_view{} : in.substr(end + 1);
  return line;
}

// "x, Priority: high": the comma belongs to neither.
std::string_view without_list_comma(std::string_view value) {
  value = text::trim(value);
  while (!value.empty() && (value.back() == ',' || value.back() == ';' || value.back() == '|')) value = text::trim(value.substr(0, value.size() - 1));
  return value;
}

void append_paragraph(std::string& to, std::string_view paragraph) {
  paragraph = text::trim(paragraph);
  if (paragraph.empty()) return;
  if (!to.empty()) to += '\n';
  to += paragraph;
}

void fill(Draft& draft, const LabelAt& label, std::string_view value, const Format& format) {
  switch (label.slot) {
    case kProblemSlot: draft.problem = on_one_line(value); return;
    case kPrioritySlot:
      draft.priority = on_one_line(take_line(value));
      append_paragraph(draft.unlabelled, value);  // text below the priority belongs to no label
      return;
    case kDescriptionSlot: draft.description = std::string(text::trim(value)); return;
    default: draft.fields.push_back({format.fields[label.slot - kFirstField].name, on_one_line(value)});
  }
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
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool last = i + 1 == labels.size();
    const std::size_t end = last ? text.size() : labels[i + 1].begin;
    std::string_view value = text.substr(labels[i].end, end - std::min(end, labels[i].end));
    if (!last && labels[i + 1].in_line) value = without_list_comma(value);
    fill(draft, labels[i], value, format);
  }
  sort_fields(draft.fields, format);
  return draft;
}

Draft read_draft(std::string_view text, std::string_view locale, const Format& format) { return DraftReader(format).read(text, locale); }

}  // namespace pointsman
