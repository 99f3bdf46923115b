// SPDX-License-Identifier: Apache-2.0
//
// ticket/field_text.h: texts that programs and command lines give field by field, brought into the form that chat messages have: valid
// UTF-8, "\n" as the only line break, nothing invisible. Pure and linear.
#pragma once

#include <string>
#include <string_view>

namespace pointsman {

// Every run of blanks and line breaks becomes one blank; trimmed. Control characters stay, for validation to name them.
std::string one_line(std::string_view in);

// Line breaks of any system become "\n"; trimmed. Blanks inside stay: they may be code.
std::string many_lines(std::string_view in);

}  // namespace pointsman
