// SPDX-License-Identifier: Apache-2.0
//
// fuzz/rules.h: rules with a field of each kind.
#pragma once

#include "ticket/validation.h"

namespace pointsman::fuzz {

inline const Rules& rules() {
  static const Rules rules{
      {built_in_languages(),
       {{.name = "Category", .labels = {"Kategorie"}, .required = false, .allowed = {"Hardware", "Software"}},
        {.name = "Location", .labels = {}, .required = true, .allowed = {}}}},
      built_in_priorities(),
      {}};
  return rules;
}

}  // namespace pointsman::fuzz
