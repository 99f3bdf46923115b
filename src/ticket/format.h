// SPDX-License-Identifier: Apache-2.0
//
// ticket/format.h: reads the format that requesters write, into a Draft. Pure and linear in the text.
//
//   Problem: Printer on floor 2 is jammed
//   Priority: high
//   Description: It shows error 13.
//   Tried switching it off and on.
//
// Labels may come in any order, case and emphasis, with ':', '-', '=' or a full-width colon, each on its own line or all on one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ticket/ticket.h"

namespace pointsman {

// The label words of one language. The first of each list is the one shown in replies.
struct LanguageLabels {
  std::string language;  // "en", "de", "fr", "es", or one the operator added
  std::vector<std::string> problem, priority, description;
};

// An optional field that the operator asks for: Category, Location, Asset, ...
struct FieldRule {
  std::string name;
  std::vector<std::string> labels;  // further words for it, besides its name
  bool required = false;
  std::vector<std::string> allowed;  // empty: anything
};

struct Format {
  std::vector<LanguageLabels> languages;  // never empty; the first is the default
  std::vector<FieldRule> fields;
};

std::vector<LanguageLabels> built_in_languages();

// What was understood of a message, before it is judged. A member is absent when its label was; empty when only its value was.
struct Draft {
  std::optional<std::string> problem, priority, description;
  std::vector<Field> fields;   // in the order of Format::fields, those that were present
  std::string unlabelled;      // text that no label claims: before the first one, or all of it when there is none
  std::string language;        // of the labels that were used; else of the locale; else the default
};

Draft read_draft(std::string_view text, std::string_view locale, const Format& format);

// The same for many messages: the words of the format are made ready once. `format` outlives the reader.
class LabelTable;
class DraftReader {
 public:
  explicit DraftReader(const Format& format);
  Draft read(std::string_view text, std::string_view locale) const;

 private:
  const Format& format_;
  std::shared_ptr<const LabelTable> table_;  // shared by copies of the reader
};

// What else a message may ask for.
struct Command {
  enum class Kind { kNone, kHelp, kStatus, kMine } kind = Kind::kNone;
  TicketNumber number;  // for kStatus
};

// "help", "status #1042" (or only "#1042"), "mine" (or only "status"), and their words in the built-in languages, when that is
// all the message says. An empty message asks for help.
Command read_command(std::string_view text);

}  // namespace pointsman
