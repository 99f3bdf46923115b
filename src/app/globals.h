// SPDX-License-Identifier: Apache-2.0
//
// app/globals.h: the options that every command takes, and what they lead to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace pointsman::app {

inline constexpr int kDone = 0, kFailed = 1, kWrongUse = 2;

struct Globals {
  std::string config_file;  // --config; empty: $POINTSMAN_CONFIG, else ./pointsman.toml when it exists, else defaults
  std::string data_dir;     // --data; empty: as configured
  bool json = false;        // --json
};

// The file that these options lead to; empty when it is defaults only.
std::string config_path(const Globals& globals);

// The configuration in force, --data applied; or every fault of it.
tl::expected<config::Config, std::vector<config::Problem>> read_config(const Globals& globals);
// "pointsman.toml:3:7: what is wrong", safe to print.
std::string describe(const config::Problem& problem);
// The same as a JSON array.
std::string problems_json(const std::vector<config::Problem>& problems);

// As read_config(); prints every fault to stderr, and gives nothing when there is one.
std::optional<config::Config> load_config(const Globals& globals);

config::Environment environment();

// Prints "pointsman: WHAT" to stderr, or {"error":{...}} with --json, and gives kFailed.
int report_failure(const Globals& globals, const Error& error);
// The same for a command that was not used as it must be; gives kWrongUse.
int report_wrong_use(const Globals& globals, const std::string& what);

void print(const std::string& text);  // to stdout, as it is
// The same JSON, with controls and direction-changing characters as escapes: safe on a terminal.
std::string safe_json(std::string_view json);
// Safe JSON and a line break to stdout.
void print_json(std::string_view json);
// Whether all that was printed left; says why when it did not.
bool flush_output();

}  // namespace pointsman::app
