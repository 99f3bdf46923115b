// SPDX-License-Identifier: Apache-2.0
//
// app/session.h: what a command that works on the stores needs around it: a loop, a clock, a log, and the stores themselves.
#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "app/globals.h"
#include "app/stores.h"
#include "app/wait_for.h"

namespace pointsman::app {

// A command that only looks, or works on what is there, must not leave an empty ledger where --data was mistyped.
enum class MissingLedger { kMake, kRefuse };

class Session {
 public:
  // Reads the configuration and opens the stores; prints why when it cannot.
  static std::unique_ptr<Session> open(const Globals& globals, MissingLedger missing = MissingLedger::kRefuse);

  template <class T>
  T wait(boost::asio::awaitable<T> task) {
    return wait_for(io_, std::move(task));
  }
  const config::Config& config() const { return config_; }
  Stores& stores() { return *stores_; }
  const Clock& clock() const { return clock_; }
  Metrics& metrics() { return metrics_; }

 private:
  explicit Session(config::Config config);

  config::Config config_;
  SystemClock clock_;
  Logger log_;
  Metrics metrics_;
  boost::asio::io_context io_;
  std::unique_ptr<Stores> stores_;
};

}  // namespace pointsman::app
