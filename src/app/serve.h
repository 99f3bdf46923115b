// SPDX-License-Identifier: Apache-2.0
//
// app/serve.h: `pointsman serve`, the one composition root of the server.
#pragma once

#include <string>

#include "app/globals.h"

namespace pointsman::app {

struct ServeArgs {
  std::string listen;       // ADDR:PORT; empty: as configured
  std::string tunnel;       // "ngrok", "cloudflared"; empty: none
  std::string tunnel_url;   // the reserved address to ask for, where the agent can
};

// Serves until SIGTERM or SIGINT; then answers what is in flight, and returns.
int serve(const Globals& globals, const ServeArgs& args);

}  // namespace pointsman::app
