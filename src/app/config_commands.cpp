// SPDX-License-Identifier: Apache-2.0
#include "app/config_commands.h"

#include <fmt/format.h>

#include "app/table.h"

namespace pointsman::app {

int config_check(const Globals& globals) {
  const auto config = read_config(globals);
  if (globals.json) {
    print_json(fmt::format(R"({{"ok":{},"problems":{}}})", config.has_value(), config ? "[]" : problems_json(config.error())));
    return config ? kDone : kFailed;
  }
  if (!config) {
    for (const config::Problem& problem : config.error()) fmt::print(stderr, "{}\n", describe(problem));
    fmt::print(stderr, "pointsman: {} to mend.\n", config.error().size() == 1 ? "one fault" : fmt::format("{} faults", config.error().size()));
    return kFailed;
  }
  const std::string path = config_path(globals);
  print(path.empty() ? "No configuration file: all defaults, and they are fine.\n" : fmt::format("{}: fine.\n", printable(path)));
  return kDone;
}

int config_show(const Globals& globals) {
  const auto config = load_config(globals);
  if (!config) return kFailed;
  if (globals.json) print_json(config::show(*config, true));
  else print(config::show(*config, false));
  return kDone;
}

}  // namespace pointsman::app
