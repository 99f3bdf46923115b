// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>

#include "app/command_line.h"

int main(int argc, char** argv) {
  try {
    return pointsman::app::run_command_line(argc, argv);
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "pointsman: this should not happen: %s\n", failed.what());
    return 1;
  }
}
