// SPDX-License-Identifier: Apache-2.0
#include "tunnel/agent_process.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace pointsman::tunnel {
namespace {

using boost::system::error_code;

constexpr int kFirstOther = STDERR_FILENO + 1;
constexpr int kMostOpenFiles = 65'536;  // that are looked at one by one where the kernel cannot close a range
constexpr std::chrono::milliseconds kLook{10};

// Everything the child needs, made before the fork: between fork and exec only the system may be called.
struct Plan {
  const char* program;
  std::vector<char*> arguments, environment;
  int output, trouble;  // ends of pipes to write to
  pid_t parent;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> made;
  for (std::string& text : texts) made.push_back(text.data());
  made.push_back(nullptr);
  return made;
}

void keep_our_files_to_ourselves() {
  if (syscall(SYS_close_range, kFirstOther, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  for (int fd = kFirstOther; fd < kMostOpenFiles; ++fd) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

[[noreturn]] void become(const Plan& plan) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() == plan.parent) {  // else: it died before the line above
    setpgid(0, 0);
    for (const int signal : {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGCHLD}) std::signal(signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(plan.output, STDOUT_FILENO);
    dup2(plan.output, STDERR_FILENO);
    keep_our_files_to_ourselves();
    execve(plan.program, plan.arguments.data(), plan.environment.data());
  }
  const int why = errno;
  [[maybe_unused]] const ssize_t told = write(plan.trouble, &why, sizeof why);
  _exit(127);
}

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (pipe2(ends, O_CLOEXEC) != 0) ends[0] = ends[1] = -1;
  }
  ~Pipe() {
    for (const int end : ends)
      if (end >= 0) close(end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int take_reader() { return std::exchange(ends[0], -1); }
  void close_writer() { close(std::exchange(ends[1], -1)); }
};

std::string how(const siginfo_t& info) {
  return info.si_code == CLD_EXITED ? fmt::format("exit code {}", info.si_status) : fmt::format("signal {}", info.si_status);
}

auto awaiting(error_code& failed) { return net::redirect_error(net::use_awaitable, failed); }

}  // namespace

Result<std::unique_ptr<AgentProcess>> AgentProcess::start(net::io_context& io, const std::string& program,
                                                          const std::vector<std::string>& arguments,
                                                          const std::vector<std::string>& environment) {
  Pipe output, trouble;
  if (output.ends[0] < 0 || trouble.ends[0] < 0) return fail(Errc::kFull, std::string("no pipe: ") + std::strerror(errno));
  std::vector<std::string> words{program}, variables = environment;
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Plan plan{program.c_str(), pointers(words), pointers(variables), output.ends[1], trouble.ends[1], getpid()};
  const pid_t pid = fork();
  if (pid < 0) return fail(Errc::kFull, std::string("no new process: ") + std::strerror(errno));
  if (pid == 0) become(plan);
  output.close_writer();
  trouble.close_writer();
  int why = 0;
  ssize_t n = 0;
  while ((n = read(trouble.ends[0], &why, sizeof why)) < 0 && errno == EINTR) continue;  // ends when the program runs
  if (n == sizeof why) {
    waitpid(pid, nullptr, 0);
    return fail(Errc::kInvalid, fmt::format("{}: {}", program, std::strerror(why)));
  }
  std::unique_ptr<AgentProcess> process(new AgentProcess(io, pid, output.take_reader()));
  error_code ignored;  // a pipe of our own can always be told this
  process->output_.non_blocking(true, ignored);
  return process;
}

AgentProcess::~AgentProcess() {
  if (how_it_ended_) return;
  kill();
  waitpid(pid_, nullptr, 0);
}

std::optional<std::string> AgentProcess::ended() {
  if (how_it_ended_) return how_it_ended_;
  siginfo_t info{};
  if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return std::nullopt;
  ::kill(-pid_, SIGKILL);  // what it started goes with it; its number is still its own until the next line
  waitpid(pid_, nullptr, 0);
  how_it_ended_ = how(info);
  return how_it_ended_;
}

void AgentProcess::terminate() {
  if (!how_it_ended_) ::kill(-pid_, SIGTERM);
}

void AgentProcess::kill() {
  if (how_it_ended_) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // should it have left its group
}

net::awaitable<Result<Finished>> run_to_end(net::io_context& io, std::string program, std::vector<std::string> arguments,
                                            std::vector<std::string> environment, std::chrono::milliseconds within) {
  auto started = AgentProcess::start(io, program, arguments, environment);
  if (!started) co_return fail(started.error());
  AgentProcess& process = **started;
  const auto deadline = std::chrono::steady_clock::now() + within;
  Finished finished;
  net::steady_timer pause(io);
  bool open = true;
  while (open || !process.ended()) {
    if (std::chrono::steady_clock::now() > deadline)
      co_return fail(Errc::kTimeout, fmt::format("{} said nothing for {} s", program, within.count() / 1000));
    char buffer[4096];
    error_code failed;
    const std::size_t n = process.output().read_some(net::buffer(buffer), failed);
    finished.output.append(buffer, std::min(n, kMostOutput - finished.output.size()));
    open = !failed || failed == net::error::would_block;
    if (n > 0) continue;
    pause.expires_after(kLook);
    co_await pause.async_wait(awaiting(failed));
  }
  finished.how = *process.ended();
  co_return finished;
}

std::vector<std::string> our_environment() {
  std::vector<std::string> made;
  for (char** entry = environ; *entry != nullptr; ++entry) made.emplace_back(*entry);
  return made;
}

}  // namespace pointsman::tunnel
