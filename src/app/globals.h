// SPDX-License-Identifier: Apache-2.0
//
// app/globals.h: the options that every command takes, and what they lead to.
#pragma once

#include <optional>
#include <string>

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

// The configuration in force, --data applied. Prints every fault to stderr; nothing when there is one.
std::optional<config::Config> load_config(const Globals& globals);

config::Environment environment();

// Prints "pointsman: WHAT" to stderr, or {"error":{...}} with --json, and gives kFailed.
int report_failure(const Globals& globals, const Error& error);

void print(const std::string& text);  // to stdout, as it is

}  // namespace pointsman::app
