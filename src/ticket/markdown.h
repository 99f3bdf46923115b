// SPDX-License-Identifier: Apache-2.0
//
// ticket/markdown.h: makes a requester's text harmless inside a reply. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pointsman {

// What cannot be escaped the same way in Markdown, in cards and in code blocks is broken up by a zero-width space instead. Reading
// a message drops those, so what is copied out of a reply and sent again is the very same text.
inline constexpr std::string_view kZeroWidthSpace = "\xE2\x80\x8B";
inline constexpr std::string_view kEllipsis = "…";

// Any text, literal inside Teams Markdown and cards, on one line: nothing in it formats, links, mentions or starts a block.
std::string escape_markdown(std::string_view text);

// Any text, literal inside a fenced code block; lines are kept. At most `longest` bytes, cut with an ellipsis.
std::string defuse_for_block(std::string_view text, std::size_t longest);

// How many bytes a text takes up inside a JSON string.
std::size_t json_bytes(std::string_view text) noexcept;
// The longest prefix that takes up at most so many, with no code point cut.
std::string_view cut_to_json_bytes(std::string_view text, std::size_t longest) noexcept;

}  // namespace pointsman
