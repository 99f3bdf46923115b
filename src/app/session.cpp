// SPDX-License-Identifier: Apache-2.0
#include "app/session.h"

#include <unistd.h>

#include "app/table.h"

namespace pointsman::app {

Session::Session(config::Config config)
    : config_(std::move(config)),
      log_(STDERR_FILENO, is_terminal(STDERR_FILENO) ? Logger::Form::kHuman : Logger::Form::kJson, LogLevel::kWarn, clock_) {}

std::unique_ptr<Session> Session::open(const Globals& globals) {
  auto config = load_config(globals);
  if (!config) return nullptr;
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
