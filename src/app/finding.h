// SPDX-License-Identifier: Apache-2.0
//
// app/finding.h: what one check of `pointsman doctor` found.
#pragma once

#include <string>
#include <vector>

namespace pointsman::app {

enum class Grade { kGood, kWarning, kFault };

struct Finding {
  Grade grade = Grade::kGood;
  std::string subject;  // what was looked at, in a word or two
  std::string what;     // what was found
  std::string mend;     // what to do; empty when it is good
};

using Findings = std::vector<Finding>;

}  // namespace pointsman::app
