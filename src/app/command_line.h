// SPDX-License-Identifier: Apache-2.0
//
// app/command_line.h: what `pointsman ...` can do. Exit codes: 0 done, 1 it failed (and says why), 2 wrong use.
#pragma once

namespace pointsman::app {

int run_command_line(int argc, char** argv);

}  // namespace pointsman::app
