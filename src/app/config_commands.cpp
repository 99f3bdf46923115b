// SPDX-License-Identifier: Apache-2.0
#include "app/config_commands.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "app/table.h"

namespace pointsman::app {

int config_check(const Globals& globals) {
  const std::string path = config_path(globals);
  const auto config = path.empty() ? config::read("", "", environment()) : config::read_file(path, environment());
  if (globals.json) {
    boost::json::array problems;
    if (!config)
      for (const config::Problem& problem : config.error())
        problems.push_back(
            {{"file", problem.file}, {"line", problem.line}, {"column", problem.column}, {"message", problem.what}});
    print(boost::json::serialize(boost::json::object{{"ok", config.has_value()}, {"problems", std::move(problems)}}) + "\n");
    return config ? kDone : kFailed;
  }
  if (!config) return load_config(globals), kFailed;
  print(path.empty() ? "No configuration file: all defaults, and they are fine.\n" : fmt::format("{}: fine.\n", path));
  return kDone;
}

int config_show(const Globals& globals) {
  const auto config = load_config(globals);
  if (!config) return kFailed;
  print(config::show(*config, globals.json) + (globals.json ? "\n" : ""));
  return kDone;
}

}  // namespace pointsman::app
