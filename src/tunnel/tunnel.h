// SPDX-License-Identifier: Apache-2.0
//
// tunnel/tunnel.h: keeps a tunnel agent running beside the server, finds out the public address, and says what is wrong when
// there is none. Knows no tickets. The server works on, locally, whatever happens here.
//
//   tunnel::Tunnel tunnel(io, options, announce, metrics, log);
//   tunnel.start();
//   ... co_await tunnel.stop();   // before it goes
//
// Threads: the I/O loop's.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/log.h"
#include "base/metrics.h"
#include "tunnel/agent.h"
#include "tunnel/agent_process.h"
#include "tunnel/answers.h"
#include "tunnel/troubles.h"

namespace pointsman::tunnel {

struct Options {
  AgentKind kind = AgentKind::kNgrok;
  Upstream upstream;
  std::string url;           // the reserved address to ask ngrok for; empty: whatever it gives
  std::string program_path;  // as $PATH

  std::chrono::milliseconds look_every{100};     // whether the agent still runs
  std::chrono::milliseconds ask_every{200};      // for the address, until it is known
  std::chrono::milliseconds watch_every{5'000};  // for the address, from then on
  std::chrono::milliseconds guess_after{2'000};  // usual_interface, when ngrok's log names none
  Interface usual_interface{false, 4040};
  std::chrono::milliseconds address_deadline{30'000};  // then the agent is started anew
  std::chrono::milliseconds silence_deadline{30'000};  // the same for one that had an address
  std::chrono::milliseconds first_pause{1'000};        // before it is started again; doubles each time
  std::chrono::milliseconds longest_pause{60'000};
  std::chrono::milliseconds settled_after{60'000};  // a tunnel that lived so long begins with the first pause again
  std::chrono::milliseconds stop_deadline{5'000};   // from SIGTERM to SIGKILL
};

// Called when the public address is known ("https://name.example", no slash at the end), and when it is another one; `before`
// is empty the first time.
using Announce = std::function<void(const std::string& url, const std::string& before)>;

class Tunnel {
 public:
  Tunnel(net::io_context& io, Options options, Announce announce, Metrics& metrics, const Logger& log);
  Tunnel(const Tunnel&) = delete;
  Tunnel& operator=(const Tunnel&) = delete;

  void start();
  // Ends the agent; returns when it is gone. May be called when nothing was started.
  net::awaitable<void> stop();

 private:
  using Steady = std::chrono::steady_clock;
  // What a look at the agent's interface showed.
  struct Sight {
    std::string url;        // empty: no address for our port
    bool connected = true;  // to the agent's service
    std::string missing;    // why there is no address
    std::optional<Trouble> trouble;
  };

  net::awaitable<void> run();
  net::awaitable<Trouble> run_agent();
  net::awaitable<Trouble> watch(Steady::time_point began);
  net::awaitable<void> end_agent();
  net::awaitable<void> read_output();
  net::awaitable<Sight> look();
  net::awaitable<Sight> look_at_ngrok();
  net::awaitable<Sight> look_at_cloudflared();
  net::awaitable<void> sleep(std::chrono::milliseconds time);
  void take_line(const std::string& line);
  void take_address(const Sight& sight);
  bool knows_interface(Steady::time_point began) const;

  net::io_context& io_;
  const Options options_;
  const Announce announce_;
  const Logger& log_;
  Gauge& up_;
  Counter& restarts_;
  net::steady_timer timer_;  // of run(), and cancelled by stop()
  bool running_ = false, stopping_ = false;
  std::string address_;  // last announced

  // Of the agent that runs now.
  std::unique_ptr<AgentProcess> process_;
  std::optional<Interface> interface_;
  std::optional<Trouble> told_;  // by its output
  bool known_ = false;           // its address
  bool reading_ = false;
  int lines_shown_ = 0;
};

}  // namespace pointsman::tunnel
