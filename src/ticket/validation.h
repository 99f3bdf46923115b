// SPDX-License-Identifier: Apache-2.0
//
// ticket/validation.h: judges a Draft: either everything a ticket needs, or every fault at once. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "ticket/format.h"
#include "ticket/priority.h"

namespace pointsman {

struct TextLimits {
  std::size_t problem = 200;        // characters (code points)
  std::size_t description = 20'000;
  std::size_t field = 200;
};

// Stable names, used in REST answers and metrics.
enum class FaultCode { kMissing, kEmpty, kTooLong, kUnknownPriority, kNotAllowed, kControlCharacters };
const char* name(FaultCode code) noexcept;

struct Fault {
  std::string field;  // "problem", "priority", "description", or a configured field's name
  FaultCode code{};
  std::string given;       // what was typed, shortened; may be empty
  std::string suggestion;  // "did you mean"; may be empty
  std::size_t limit = 0;   // for kTooLong
};

// The validated content of a ticket.
struct Content {
  std::string problem, description;
  std::string priority;         // name of a level
  std::string stated_priority;  // as typed, shortened
  std::vector<Field> fields;
};

struct Rules {
  Format format;
  std::vector<PriorityLevel> priorities;
  TextLimits limits;
};

tl::expected<Content, std::vector<Fault>> validate(const Draft& draft, const Rules& rules);

}  // namespace pointsman
