// SPDX-License-Identifier: Apache-2.0
//
// app/running_server.h: calls a server that runs on this machine the way the outside calls it: is it a Pointsman, can it accept, does it
// know the same secrets. Files nothing.
//
// Blocking, for commands; every call ends within kPatience.
#pragma once

#include <string>
#include <string_view>

#include "app/finding.h"
#include "base/result.h"
#include "config/config.h"

namespace pointsman::app {

struct LocalAnswer {
  int status = 0;
  std::string body;
};

// One HTTP/1.1 request over a connection of its own. `headers` are whole lines, each with its line break.
Result<LocalAnswer> call_local(const config::Server& server, std::string_view method, std::string_view path, std::string_view headers = {},
                               std::string_view body = {});

// What /healthz and /readyz say, and how one signed message to each team is taken. Empty when nothing at that address is a Pointsman.
Findings check_running_server(const config::Config& config);

}  // namespace pointsman::app
