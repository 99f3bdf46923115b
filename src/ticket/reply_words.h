// SPDX-License-Identifier: Apache-2.0
//
// ticket/reply_words.h: the sentences of the replies in every built-in language. Placeholders are fmt's: {number}, {queue}, ...
#pragma once

#include <array>
#include <string_view>

#include "ticket/ticket.h"

namespace pointsman {

struct ReplyWords {
  std::string_view language;
  // Answers.
  std::string_view filed, filed_tip, attached, already_filed;
  std::string_view help_title, help_commands, help_format, status_line, assigned_to, no_such_ticket, mine_title, mine_none;
  // Refusals.
  std::string_view not_filed, copy_format;
  std::string_view not_stored, uncertain, too_old;
  // Faults, each about {field}.
  std::string_view missing, empty, too_long, unknown_priority, not_allowed, control_characters, did_you_mean;
  // What stands in the format where nothing was given yet.
  std::string_view problem_hint, description_hint, field_hint, optional_hint;
  std::string_view status_names[7];
};

// The words of a language; English for one that is not built in.
const ReplyWords& words_of(std::string_view language) noexcept;

// Those of every built-in language.
const std::array<ReplyWords, 4>& all_reply_words() noexcept;

}  // namespace pointsman
