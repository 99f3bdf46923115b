// SPDX-License-Identifier: Apache-2.0
//
// tunnel/agent_process.h: a program that runs beside us and never outlives us. No shell is involved; it leads a process group
// of its own, gets our environment without what is ours, and none of our open files. Linux kills it when we die, however that
// happens.
//
// Threads: the I/O loop's. The main thread starts it, for Linux ties its life to the thread that did.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/result.h"

namespace boost::asio {
class io_context;
}

namespace pointsman::tunnel {

namespace net = boost::asio;

class AgentProcess {
 public:
  // `environment`: NAME=VALUE each. The error says what the system said.
  static Result<std::unique_ptr<AgentProcess>> start(net::io_context& io, const std::string& program,
                                                     const std::vector<std::string>& arguments,
                                                     const std::vector<std::string>& environment);
  ~AgentProcess();  // kills what is left of it
  AgentProcess(const AgentProcess&) = delete;
  AgentProcess& operator=(const AgentProcess&) = delete;

  pid_t pid() const { return pid_; }
  net::posix::stream_descriptor& output() { return output_; }  // standard output and error, together
  // How it ended ("exit code 1", "signal 9"), or nothing while it runs. Does not block.
  std::optional<std::string> ended();
  void terminate();  // asks it to end
  void kill();       // makes it end, with all it started

 private:
  AgentProcess(net::io_context& io, pid_t pid, int output) : pid_(pid), output_(io, output) {}

  pid_t pid_;
  net::posix::stream_descriptor output_;
  std::optional<std::string> how_it_ended_;
};

// What a program said and how it ended.
struct Finished {
  std::string output;  // at most kMostOutput bytes
  std::string how;     // "exit code 0"
};
inline constexpr std::size_t kMostOutput = 64 * 1024;

// Runs a program to its end, at most `within`; then it is killed and that is the error.
net::awaitable<Result<Finished>> run_to_end(net::io_context& io, std::string program, std::vector<std::string> arguments,
                                            std::vector<std::string> environment, std::chrono::milliseconds within);

// This process' environment, as agent_environment() takes it.
std::vector<std::string> our_environment();

}  // namespace pointsman::tunnel
