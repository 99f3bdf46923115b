// SPDX-License-Identifier: Apache-2.0
#include "ticket/format_labels.h"

#include <algorithm>

#include "base/text.h"

namespace pointsman {
namespace {

constexpr std::string_view kEmphasis = "*_~`";
constexpr std::string_view kBullets = "-*_~`>#";

bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(std::string_view at) {
  if (at.empty() || at.front() == '\n') return false;
  return text::is_space(text::take_code_point(at));
}

void skip_blanks(std::string_view text, std::size_t& at) {
  while (at < text.size() && text[at] != '\n') {
    std::string_view rest = text.substr(at);
    if (!text::is_space(text::take_code_point(rest))) return;
    at = text.size() - rest.size();
  }
}

void skip_any(std::string_view text, std::size_t& at, std::string_view set) {
  while (at < text.size() && set.find(text[at]) != set.npos) ++at;
}

// Bullets, numbers ("1." or "2)"), quote marks and emphasis before the first word of a line.
std::size_t skip_line_decoration(std::string_view text, std::size_t at) {
  for (std::size_t before = text.npos; before != at;) {
    before = at;
    skip_blanks(text, at);
    skip_any(text, at, kBullets);
    if (text.substr(at).starts_with("•")) at += std::string_view("•").size();
    std::size_t digits = at;
    while (digits < text.size() && digits - at < 2 && text[digits] >= '0' && text[digits] <= '9') ++digits;
    if (digits > at && digits < text.size() && (text[digits] == '.' || text[digits] == ')')) at = digits + 1;
  }
  return at;
}

}  // namespace

class LabelTable {
 public:
  explicit LabelTable(const Format& format) : slots_(kFirstField + format.fields.size()) {
    for (std::size_t i = 0; i < format.languages.size(); ++i) {
      const LanguageLabels& language = format.languages[i];
      const std::uint64_t bit = i < 64 ? std::uint64_t{1} << i : 0;
      for (const std::string& word : language.problem) add(word, kProblemSlot, bit);
      for (const std::string& word : language.priority) add(word, kPrioritySlot, bit);
      for (const std::string& word : language.description) add(word, kDescriptionSlot, bit);
    }
    for (std::size_t i = 0; i < format.fields.size(); ++i) {
      add(format.fields[i].name, kFirstField + i, 0);
      for (const std::string& word : format.fields[i].labels) add(word, kFirstField + i, 0);
    }
    // Longest first: "Details" before "Detail".
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.code_points > b.code_points; });
  }

  std::size_t slots() const { return slots_; }
  bool may_start(char byte) const { return first_bytes_[static_cast<unsigned char>(byte)]; }

  // The label word at `at`, with the separator behind it.
  std::optional<LabelAt> match(std::string_view text, std::size_t at, bool in_line) const {
    if (at >= text.size() || !may_start(text[at])) return std::nullopt;
    for (const Entry& entry : entries_) {
      const std::size_t end = end_of_word(text, at, entry);
      if (end == 0) continue;
      LabelAt found{.slot = entry.slot, .begin = at, .end = end, .separator = 0, .capital = false, .in_line = in_line, .languages = entry.languages};
      found.capital = text[at] < 'a' || text[at] > 'z';
      if (take_separator(text, found)) return found;
    }
    return std::nullopt;
  }

 private:
  struct Entry {
    std::string word;  // lower case
    std::size_t code_points;
    std::size_t slot;
    std::uint64_t languages;
  };

  void add(const std::string& label, std::size_t slot, std::uint64_t language) {
    const std::string word = text::to_lower(text::trim(label));
    if (word.empty()) return;
    for (Entry& entry : entries_) {
      if (entry.word != word) continue;
      if (entry.slot == slot) entry.languages |= language;
      return;  // the first meaning of a word is the one it has
    }
    entries_.push_back({word, text::count_code_points(word), slot, language});
    const auto first = static_cast<unsigned char>(word.front());
    if (first >= 0x80) {
      for (unsigned byte = 0x80; byte < 0x100; ++byte) first_bytes_.set(byte);
      return;
    }
    first_bytes_.set(first);
    if (first >= 'a' && first <= 'z') first_bytes_.set(first - 'a' + 'A');
  }

  // Whether their first letters, as far as they are ASCII, already say no: true for nearly every word of a text.
  static bool differs_early(std::string_view text, std::string_view word) {
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (i == text.size()) return true;
      const bool ascii = static_cast<unsigned char>(text[i]) < 0x80;
      if (ascii != (static_cast<unsigned char>(word[i]) < 0x80)) return ascii;  // other letters may have an ASCII lower case
      if (!ascii) return false;
      if (word[i] != (is_ascii_letter(text[i]) ? static_cast<char>(text[i] | 0x20) : text[i])) return true;
    }
    return false;
  }

  // Where the word ends when it stands at `at`; 0 when it does not.
  static std::size_t end_of_word(std::string_view text, std::size_t at, const Entry& entry) {
    if (differs_early(text.substr(at), entry.word)) return 0;
    std::string_view rest = text.substr(at, entry.word.size() + 4 * entry.code_points);
    const std::size_t length = rest.size();
    for (std::size_t i = 0; i < entry.code_points; ++i) {
      if (rest.empty()) return 0;
      text::take_code_point(rest);
    }
    const std::size_t end = at + (length - rest.size());
    return text::to_lower(text.substr(at, end - at)) == entry.word ? end : 0;
  }

  // Moves `label.end` behind the separator, the emphasis around it, and the blanks.
  static bool take_separator(std::string_view text, LabelAt& label) {
    std::size_t at = label.end;
    skip_any(text, at, kEmphasis);
    const std::size_t word_end = at;
    skip_blanks(text, at);
    const std::string_view rest = text.substr(at);
    std::size_t length = 1;
    if (rest.empty() || rest.front() == '\n') {
      if (label.in_line) return false;
      label.end = at;
      return true;
    }
    if (rest.starts_with("：")) label.separator = ':', length = std::string_view("：").size();
    else if (rest.front() == ':' && !rest.starts_with("://")) label.separator = ':';
    else if (rest.front() == '=' && !rest.starts_with("==")) label.separator = '=';
    else if (rest.front() == '|' && !label.in_line) label.separator = '|';
    else if (rest.front() == '-') label.separator = '-';
    else if (rest.starts_with("–") || rest.starts_with("—")) label.separator = '-', length = std::string_view("–").size();
    else return false;
    at += length;
    if (label.separator == '-' || label.separator == '=') skip_any(text, at, "->");  // "--", "->", "=>"
    // A hyphen belongs to a compound word ("Problem-Steuerung") unless a blank stands beside it.
    if (label.separator == '-' && word_end + length == at && !is_blank(text.substr(at)) && at < text.size() && text[at] != '\n') return false;
    skip_any(text, at, kEmphasis.substr(0, 2));
    skip_blanks(text, at);
    // "Problem: | x" comes from a table; "| a | b |" is one.
    if (at < text.size() && text[at] == '|' && text.substr(at + 1, text.find('\n', at) - at - 1).find('|') == text.npos)
      skip_blanks(text, ++at);
    label.end = at;
    return true;
  }

  std::size_t slots_;
  std::vector<Entry> entries_;
  std::bitset<256> first_bytes_;
};

std::shared_ptr<const LabelTable> make_label_table(const Format& format) { return std::make_shared<LabelTable>(format); }

namespace {

class Finder {
 public:
  Finder(std::string_view text, const LabelTable& table) : text_(text), table_(table), seen_(table.slots()) {}

  std::vector<LabelAt> find() {
    find_at_line_starts(0);
    if (!has_all_required(found_)) {
      const std::size_t rest = find_all_on_one_line();
      if (rest > 0) find_at_line_starts(rest);
    }
    return find_within_all_lines();
  }

 private:
  static bool has_all_required(const std::vector<LabelAt>& labels) {
    return std::count_if(labels.begin(), labels.end(), [](const LabelAt& l) { return l.slot < kFirstField; }) == kFirstField;
  }

  std::vector<LabelAt> find_within_all_lines() {
    on_lines_ = found_.size() >= 2;
    for (const bool strict : {true, false})
      if (found_.size() < seen_.size()) find_within_lines(strict);
    return std::move(found_);
  }

  // When the first line that holds a label holds all that every ticket needs, the lines below are the last one's: there a label
  // word at the start of a line is prose. Replaces what was found; returns where to look on, or 0 when it is not so.
  std::size_t find_all_on_one_line() {
    for (std::size_t line = 0; line < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', line), text_.size());
      Finder in_line(text_.substr(line, end - line), table_);
      in_line.find_at_line_starts(0);
      std::vector<LabelAt> labels = in_line.find_within_all_lines();
      if (has_all_required(labels)) {
        seen_.assign(seen_.size(), false);
        for (LabelAt& label : labels) {
          label.begin += line;
          label.end += line;
          seen_[label.slot] = true;
        }
        found_ = std::move(labels);
        return end;
      }
      if (!labels.empty()) return 0;
      line = end + 1;
    }
    return 0;
  }

  void find_at_line_starts(std::size_t from) {
    for (std::size_t line = from; line < text_.size();) {
      const std::size_t at = skip_line_decoration(text_, line);
      auto label = table_.match(text_, at, false);
      // A bare word on its line is a heading, unless a description is under way, where it may well be prose.
      if (label && !seen_[label->slot] && (label->separator != 0 || !seen_[kDescriptionSlot])) {
        label->begin = line;
        seen_[label->slot] = true;
        found_.push_back(*label);
      }
      const std::size_t end = text_.find('\n', line);
      if (end == text_.npos) break;
      line = end + 1;
    }
  }

  void find_within_lines(bool strict) {
    std::vector<LabelAt> merged;
    std::size_t next = 0;  // of found_
    bool word_start = true;
    for (std::size_t at = 0; at < text_.size(); ++at) {
      if (next < found_.size() && found_[next].begin <= at) {
        at = std::max(at, found_[next].end);
        merged.push_back(found_[next++]);
        word_start = true;
        if (at >= text_.size()) break;
      }
      if (word_start && table_.may_start(text_[at])) {
        auto label = table_.match(text_, at, true);
        if (label && is_meant(*label, merged, strict)) {
          while (label->begin > 0 && kEmphasis.find(text_[label->begin - 1]) != kEmphasis.npos) --label->begin;
          seen_[label->slot] = true;
          at = std::max(at, label->end - 1);
          merged.push_back(*label);
          word_start = true;
          continue;
        }
      }
      word_start = is_boundary(at);
    }
    while (next < found_.size()) merged.push_back(found_[next++]);
    found_ = std::move(merged);
  }

  // Whether a word may begin after the byte at `at`.
  bool is_boundary(std::size_t at) const {
    const char c = text_[at];
    if (static_cast<unsigned char>(c) < 0x80)
      return c <= ' ' || kEmphasis.find(c) != kEmphasis.npos || c == ',' || c == ';' || c == '|';
    // The last byte of a space that takes up two or three.
    for (const std::size_t bytes : {2, 3}) {
      if (at + 1 < bytes) continue;
      std::string_view space = text_.substr(at + 1 - bytes, bytes);
      if (text::is_space(text::take_code_point(space)) && space.empty()) return true;
    }
    return false;
  }

  // Within a line only what is written the way of the label before it is a label. What is still missing after that, the second
  // look
  // (`strict` false) takes with another separator, too: "Problem: x Priority = high".
  bool is_meant(const LabelAt& label, const std::vector<LabelAt>& before, bool strict) const {
    if (seen_[label.slot]) return false;
    if (before.empty()) return label.separator != '-';
    const LabelAt& current = before.back();
    if (label.separator != current.separator && (strict || (label.separator == '-' && !label.capital))) return false;
    if (current.slot != kDescriptionSlot) return true;
    // Inside a description only what looks like its own label, and of several lines only what every ticket needs.
    const bool alike = label.capital == current.capital || (!strict && label.capital);
    return alike && label.separator != '-' && (!on_lines_ || label.slot < kFirstField);
  }

  std::string_view text_;
  const LabelTable& table_;
  std::vector<bool> seen_;  // by slot
  bool on_lines_ = false;   // several labels stand at the start of a line: that is how this one writes
  std::vector<LabelAt> found_;
};

}  // namespace

std::vector<LabelAt> find_labels(std::string_view text, const LabelTable& table) { return Finder(text, table).find(); }

}  // namespace pointsman
