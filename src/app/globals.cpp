// SPDX-License-Identifier: Apache-2.0
#include "app/globals.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "app/table.h"

namespace pointsman::app {
namespace {

constexpr const char* kDefaultFile = "pointsman.toml";

void print_problem(const config::Problem& problem) {
  std::string place = problem.file;
  if (problem.line > 0) place += fmt::format(":{}:{}", problem.line, problem.column);
  fmt::print(stderr, "{}{}{}\n", place, place.empty() ? "" : ": ", printable(problem.what));
}

}  // namespace

std::string config_path(const Globals& globals) {
  if (!globals.config_file.empty()) return globals.config_file;
  if (const char* named = std::getenv("POINTSMAN_CONFIG"); named != nullptr && *named != '\0') return named;
  std::error_code ignored;
  return std::filesystem::exists(kDefaultFile, ignored) ? kDefaultFile : "";
}

config::Environment environment() {
  config::Environment variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view pair = *entry;
    const std::size_t equals = pair.find('=');
    if (equals != pair.npos) variables.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return variables;
}

std::optional<config::Config> load_config(const Globals& globals) {
  const std::string path = config_path(globals);
  auto config = path.empty() ? config::read("", "", environment()) : config::read_file(path, environment());
  if (!config) {
    for (const config::Problem& problem : config.error()) print_problem(problem);
    fmt::print(stderr, "pointsman: {} in the configuration; nothing was started.\n",
               config.error().size() == 1 ? "one fault" : fmt::format("{} faults", config.error().size()));
    return std::nullopt;
  }
  if (!globals.data_dir.empty()) config->data_dir = globals.data_dir;
  return std::move(*config);
}

int report_failure(const Globals& globals, const Error& error) {
  if (globals.json)
    fmt::print(stderr, "{}\n",
               boost::json::serialize(boost::json::object{{"error", {{"code", name(error.code)}, {"message", error.what}}}}));
  else
    fmt::print(stderr, "pointsman: {}\n", printable(error.what));
  return kFailed;
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

}  // namespace pointsman::app
