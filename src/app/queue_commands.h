// SPDX-License-Identifier: Apache-2.0
//
// app/queue_commands.h: `pointsman queue list|peek|receive|delete|redrive|purge`. Each works beside a running server.
#pragma once

#include <string>

#include "app/globals.h"

namespace pointsman::app {

struct QueueReceiveArgs {
  std::string queue;
  int max_messages = 1;
  int wait_seconds = 0;
  int visibility_seconds = 30;
};

int queue_list(const Globals& globals);
int queue_peek(const Globals& globals, const std::string& queue, int max_messages);
int queue_receive(const Globals& globals, const QueueReceiveArgs& args);
int queue_delete(const Globals& globals, const std::string& queue, const std::string& receipt);
int queue_redrive(const Globals& globals, const std::string& queue);
int queue_purge(const Globals& globals, const std::string& queue, bool sure);

}  // namespace pointsman::app
