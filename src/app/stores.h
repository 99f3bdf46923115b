// SPDX-License-Identifier: Apache-2.0
//
// app/stores.h: the ledger and the queues that a configuration asks for, opened together. Used by the server and by every command
// that works beside it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "config/config.h"
#include "desk/desk.h"
#include "ledger/ledger.h"
#include "queue/queue.h"

namespace boost::asio {
class io_context;
}

namespace pointsman::app {

class Stores {
 public:
  virtual ~Stores() = default;
  // Creates the data directory when it is not there. `io` and the rest outlive the stores.
  static Result<std::unique_ptr<Stores>> open(boost::asio::io_context& io, const config::Config& config, const Clock& clock,
                                              Metrics& metrics, const Logger& log);

  virtual ledger::Ledger& ledger() = 0;
  // The configured priorities' queues, highest first, then their dead-letter queues and any other that holds messages.
  virtual std::vector<desk::NamedQueue> queues() = 0;
  virtual queue::Queue* find_queue(std::string_view name) = 0;
};

// Where the ledger's file is.
std::string ledger_file(const config::Config& config);

}  // namespace pointsman::app
