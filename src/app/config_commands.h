// SPDX-License-Identifier: Apache-2.0
//
// app/config_commands.h: `pointsman config check|show`.
#pragma once

#include "app/globals.h"

namespace pointsman::app {

// Every fault of the configuration at once, with line and column.
int config_check(const Globals& globals);
// The configuration in force, secrets as ***.
int config_show(const Globals& globals);

}  // namespace pointsman::app
