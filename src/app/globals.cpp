// SPDX-License-Identifier: Apache-2.0
#include "app/globals.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "app/table.h"
#include "base/text.h"

namespace pointsman::app {
namespace {

constexpr const char* kDefaultFile = "pointsman.toml";

// One object on stderr: what a program that asked for JSON gets when there is no result.
void print_error_json(const boost::json::object& error) {
  fmt::print(stderr, "{}\n", safe_json(boost::json::serialize(boost::json::object{{"error", error}})));
}

}  // namespace

std::string safe_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const char32_t c = text::take_code_point(json);
    const bool escape = c >= 0x7F && (text::is_control(c) || text::is_invisible(c) || c == 0x2028 || c == 0x2029);
    if (!escape) text::append_utf8(out, c);
    else if (c < 0x10000) out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((static_cast<unsigned>(c) - 0x10000) >> 10),
                            0xDC00 + ((static_cast<unsigned>(c) - 0x10000) & 0x3FF));
  }
  return out;
}

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

tl::expected<config::Config, std::vector<config::Problem>> read_config(const Globals& globals) {
  const std::string path = config_path(globals);
  auto config = path.empty() ? config::read("", "", environment()) : config::read_file(path, environment());
  if (config && !globals.data_dir.empty()) config->data_dir = globals.data_dir;
  return config;
}

std::string describe(const config::Problem& problem) {
  std::string place = printable(problem.file);
  if (problem.line > 0) place += fmt::format(":{}:{}", problem.line, problem.column);
  return place + (place.empty() ? "" : ": ") + printable(problem.what);
}

std::string problems_json(const std::vector<config::Problem>& problems) {
  boost::json::array list;
  for (const config::Problem& problem : problems)
    list.push_back({{"file", problem.file}, {"line", problem.line}, {"column", problem.column}, {"message", problem.what}});
  return boost::json::serialize(list);
}

std::optional<config::Config> load_config(const Globals& globals) {
  auto config = read_config(globals);
  if (config) return std::move(*config);
  const std::string summary = fmt::format("{} in the configuration; nothing was started.",
                                          config.error().size() == 1 ? "one fault" : fmt::format("{} faults", config.error().size()));
  if (globals.json) {
    print_error_json({{"code", "configuration"}, {"message", summary}, {"problems", boost::json::parse(problems_json(config.error()))}});
    return std::nullopt;
  }
  for (const config::Problem& problem : config.error()) fmt::print(stderr, "{}\n", describe(problem));
  fmt::print(stderr, "pointsman: {}\n", summary);
  return std::nullopt;
}

int report_failure(const Globals& globals, const Error& error) {
  if (globals.json) print_error_json({{"code", name(error.code)}, {"message", error.what}});
  else fmt::print(stderr, "pointsman: {}\n", printable(error.what));
  return kFailed;
}

int report_wrong_use(const Globals& globals, const std::string& what) {
  if (globals.json) print_error_json({{"code", "wrong_use"}, {"message", what}});
  else fmt::print(stderr, "pointsman: {}\n", printable(what));
  return kWrongUse;
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_json(std::string_view json) { print(safe_json(json) + "\n"); }

bool flush_output() {
  const bool before = std::ferror(stdout) != 0;
  errno = 0;
  if (std::fflush(stdout) == 0 && !before) return true;
  fmt::print(stderr, "pointsman: the output could not be written: {}\n", std::strerror(errno != 0 ? errno : EIO));
  return false;
}

}  // namespace pointsman::app
