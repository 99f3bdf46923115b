// SPDX-License-Identifier: Apache-2.0
#include "app/session.h"

#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "app/table.h"

namespace pointsman::app {

Session::Session(config::Config config)
    : config_(std::move(config)),
      log_(STDERR_FILENO, is_terminal(STDERR_FILENO) ? Logger::Form::kHuman : Logger::Form::kJson, LogLevel::kWarn, clock_) {}

std::unique_ptr<Session> Session::open(const Globals& globals, MissingLedger missing) {
  auto config = load_config(globals);
  if (!config) return nullptr;
  std::error_code failed;
  if (missing == MissingLedger::kRefuse && !std::filesystem::exists(ledger_file(*config), failed)) {
    report_failure(globals, {Errc::kNotFound,
                             fmt::format("there is no ledger in {}{}; give its folder with --data, or start one with: pointsman serve",
                                         config->data_dir, failed ? " (" + failed.message() + ")" : ""),
                             {}});
    return nullptr;
  }
  std::unique_ptr<Session> session(new Session(std::move(*config)));
  auto stores = Stores::open(session->io_, session->config_, session->clock_, session->metrics_, session->log_);
  if (!stores) {
    report_failure(globals, stores.error());
    return nullptr;
  }
  session->stores_ = std::move(*stores);
  return session;
}

}  // namespace pointsman::app
