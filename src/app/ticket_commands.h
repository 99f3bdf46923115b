// SPDX-License-Identifier: Apache-2.0
//
// app/ticket_commands.h: `pointsman ticket list|show|file` and `pointsman backup`. Each works beside a running server.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/globals.h"

namespace pointsman::app {

struct TicketListArgs {
  std::string status, priority, category, words;
  std::string after;  // a number; empty: from the newest
  int limit = 20;
};
int ticket_list(const Globals& globals, const TicketListArgs& args);

int ticket_show(const Globals& globals, const std::string& number);

struct TicketFileArgs {
  std::string problem, priority, description, requester;
  std::vector<std::string> fields;  // NAME=VALUE
};
// On a terminal, asks for what was not given.
int ticket_file(const Globals& globals, TicketFileArgs args);

int backup(const Globals& globals, const std::string& path);

}  // namespace pointsman::app
