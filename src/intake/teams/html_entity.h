// SPDX-License-Identifier: Apache-2.0
//
// intake/teams/html_entity.h: character references, decoded exactly once. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pointsman::teams {

struct Entity {
  char32_t code_point = 0;
  std::size_t length = 0;  // bytes it takes up, '&' and ';' included; 0: none stands here, the '&' means itself
};

// Reads the reference at the front of `in`, which begins with '&'. Numbers that name no character give U+FFFD. Looks at a bounded
// number of bytes.
Entity read_entity(std::string_view in) noexcept;

// The text with all references decoded: what an attribute's value means.
std::string decode_entities(std::string_view in);

}  // namespace pointsman::teams
