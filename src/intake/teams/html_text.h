// SPDX-License-Identifier: Apache-2.0
//
// intake/teams/html_text.h: turns chat HTML into plain text as a person would read it. Pure; linear time and memory in the input
// whatever it holds, nested or unclosed to any depth.
#pragma once

#include <string>
#include <string_view>

namespace pointsman::teams {

// Lines are separated by "\n"; the text is trimmed; at most one blank line stands between paragraphs outside code blocks.
// The first mention (the webhook's own) is left out, other mentions stay as names, quoted replies are dropped.
std::string html_to_text(std::string_view html);

// The same for the Activity's `text`, where tags that a person typed stand unescaped beside real ones: only <at>, <quoted>,
// <attachment> and emoji images are markup; anything else in angle brackets is what was typed.
std::string chat_text_to_text(std::string_view text);

}  // namespace pointsman::teams
