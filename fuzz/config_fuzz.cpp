// SPDX-License-Identifier: Apache-2.0
// Any configuration file: it is in force, or every fault is told.
#include "config/config.h"
#include "fuzz/check.h"

using namespace pointsman;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto config = config::read(text, "fuzz.toml", {});
  if (!config) {
    POINTSMAN_MUST(!config.error().empty());
    for (const config::Problem& problem : config.error()) POINTSMAN_MUST(!problem.what.empty() && problem.file == "fuzz.toml");
    return 0;
  }
  POINTSMAN_MUST(!config->rules.priorities.empty() && !config->rules.format.languages.empty());
  POINTSMAN_MUST(config->limits.body_bytes > 0 && config->limits.connections > 0);
  for (const config::Team& team : config->teams) POINTSMAN_MUST(!team.secrets.empty() && team.secrets.size() <= 2);
  POINTSMAN_MUST(!config::show(*config, false).empty() && !config::show(*config, true).empty());
  return 0;
}
