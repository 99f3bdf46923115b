// SPDX-License-Identifier: Apache-2.0
//
// bench/texts.h: reports such as people write, each different, from a small set of words: as in real ones, a few words are in most
// tickets, many in some, and asset numbers in one or two.
#pragma once

#include <cstdint>
#include <string>

namespace pointsman::bench {

struct Report {
  std::string problem, description;
  const char* priority;  // high, medium, low: one in ten, half, the rest
  const char* category;
};

// The same number always gives the same report; no two numbers give the same problem.
Report make_report(std::uint64_t number);

std::string person_name(std::uint64_t number);

}  // namespace pointsman::bench
