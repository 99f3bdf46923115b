// SPDX-License-Identifier: Apache-2.0
//
// app/finding.h: what `pointsman doctor` finds when it looks at one thing.
#pragma once

#include <string>

namespace pointsman::app {

enum class Grade { kGood, kWarning, kFault };

struct Finding {
  Grade grade = Grade::kGood;
  std::string subject, what;
  std::string mend;  // what to do; empty when it is good
};

}  // namespace pointsman::app
