// SPDX-License-Identifier: Apache-2.0
#include "tunnel/tunnel.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"
#include "tunnel/local_get.h"

namespace pointsman::tunnel {
namespace {

using boost::system::error_code;
using std::chrono::milliseconds;

constexpr milliseconds kLastWords{500};  // for the output of an agent that ended
constexpr milliseconds kPoll{10};
constexpr int kMostLinesShown = 20;         // of what one agent says and we cannot translate
constexpr std::size_t kLongestShown = 300;  // bytes of such a line
constexpr std::size_t kReadSize = 4096;

auto awaiting(error_code& failed) { return net::redirect_error(net::use_awaitable, failed); }

long long in_seconds(milliseconds time) { return std::chrono::duration_cast<std::chrono::seconds>(time).count(); }

}  // namespace

Tunnel::Tunnel(net::io_context& io, Options options, Announce announce, Metrics& metrics, const Logger& log)
    : io_(io),
      options_(std::move(options)),
      announce_(std::move(announce)),
      log_(log),
      up_(metrics.gauge("pointsman_tunnel_up", "1 while the tunnel agent has a public address and is connected.")),
      restarts_(metrics.counter("pointsman_tunnel_restarts_total", "How often the tunnel agent was started again.")),
      timer_(io) {}

void Tunnel::start() {
  running_ = true;
  net::co_spawn(io_, run(), [this](std::exception_ptr bug) {
    running_ = false;
    if (bug) log_.error("the tunnel ended in a bug; serving on locally", {{"kind", "state"}, {"agent", name(options_.kind)}});
  });
}

net::awaitable<void> Tunnel::stop() {
  stopping_ = true;
  if (process_) process_->terminate();
  timer_.cancel();
  net::steady_timer poll(io_);
  while (running_) {
    error_code failed;
    poll.expires_after(kPoll);
    co_await poll.async_wait(awaiting(failed));
  }
}

net::awaitable<void> Tunnel::run() {
  milliseconds pause = options_.first_pause;
  while (!stopping_) {
    const auto began = Steady::now();
    const Trouble trouble = co_await run_agent();
    up_.set(0);
    if (stopping_) break;
    if (trouble.hopeless) {
      log_.error("no tunnel: this cannot get better by itself; serving on locally",
                 {{"agent", name(options_.kind)}, {"reason", trouble.code}, {"what", trouble.what}, {"do", trouble.mend}});
      break;
    }
    if (Steady::now() - began >= options_.settled_after) pause = options_.first_pause;
    log_.warn("the tunnel is down", {{"agent", name(options_.kind)},
                                     {"reason", trouble.code},
                                     {"what", trouble.what},
                                     {"do", trouble.mend},
                                     {"again_in_ms", pause.count()}});
    co_await sleep(pause);
    pause = std::min(pause * 2, options_.longest_pause);
    if (!stopping_) restarts_.add();
  }
}

// One life of the agent; why it was over.
net::awaitable<Trouble> Tunnel::run_agent() {
  const std::string program = find_program(name(options_.kind), options_.program_path);
  if (program.empty()) co_return program_missing(options_.kind);
  interface_.reset();
  told_.reset();
  lines_shown_ = 0;
  known_ = false;
  const std::uint16_t metrics_port = options_.kind == AgentKind::kCloudflared ? free_port(io_) : std::uint16_t{0};
  if (options_.kind == AgentKind::kCloudflared) {
    if (metrics_port == 0) co_return cannot_start(options_.kind, "no port on loopback is free");
    interface_ = Interface{false, metrics_port};
  }
  auto started = AgentProcess::start(io_, program, arguments(options_.kind, options_.upstream, options_.url, metrics_port),
                                     agent_environment(our_environment()));
  if (!started) co_return cannot_start(options_.kind, started.error().what);
  process_ = std::move(*started);
  log_.info("tunnel agent started", {{"agent", name(options_.kind)}, {"program", program}, {"pid", process_->pid()}});
  reading_ = true;
  net::co_spawn(io_, read_output(), net::detached);
  Trouble trouble = co_await watch(Steady::now());
  co_await end_agent();
  const bool no_reason = trouble.code == "ended" || trouble.code == "no_address";
  if (told_ && (no_reason || told_->hopeless)) trouble = *told_;  // its own words say more
  co_return trouble;
}

net::awaitable<Trouble> Tunnel::watch(Steady::time_point began) {
  auto last_good = began, next_look = began;
  while (!stopping_) {
    if (const auto how = process_->ended()) co_return agent_ended(options_.kind, *how);
    if (told_ && told_->hopeless) co_return *told_;
    if (Steady::now() >= next_look && knows_interface(began)) {
      const Sight sight = co_await look();
      const auto now = Steady::now();
      const bool good = !sight.url.empty();
      up_.set(good && sight.connected ? 1 : 0);
      if (good) {
        take_address(sight);
        known_ = true;
        last_good = now;
        if (told_ && !told_->hopeless) told_.reset();  // it has passed
      }
      const milliseconds bad_for = std::chrono::duration_cast<milliseconds>(now - last_good);
      if (!known_ && bad_for >= options_.address_deadline)
        co_return sight.trouble.value_or(no_address(options_.kind, in_seconds(bad_for), sight.missing));
      if (known_ && bad_for >= options_.silence_deadline)
        co_return sight.trouble.value_or(went_silent(options_.kind, in_seconds(bad_for), sight.missing));
      next_look = now + (known_ && good ? options_.watch_every : options_.ask_every);
    }
    co_await sleep(options_.look_every);
  }
  co_return Trouble{};
}

bool Tunnel::knows_interface(Steady::time_point began) const {
  return interface_ || Steady::now() - began >= options_.guess_after;
}

net::awaitable<void> Tunnel::end_agent() {
  process_->terminate();
  net::steady_timer poll(io_);
  error_code failed;
  const auto deadline = Steady::now() + options_.stop_deadline;
  while (!process_->ended()) {
    if (Steady::now() >= deadline) process_->kill();
    poll.expires_after(kPoll);
    co_await poll.async_wait(awaiting(failed));
  }
  const auto last_words = Steady::now() + kLastWords;
  while (reading_) {
    if (Steady::now() >= last_words) process_->output().close(failed);
    poll.expires_after(kPoll);
    co_await poll.async_wait(awaiting(failed));
  }
  process_.reset();
}

net::awaitable<void> Tunnel::read_output() {
  Lines lines;
  std::string buffer(kReadSize, '\0');
  for (;;) {
    error_code failed;
    const std::size_t n = co_await process_->output().async_read_some(net::buffer(buffer), awaiting(failed));
    for (const std::string& line : lines.feed(std::string_view(buffer).substr(0, n))) take_line(line);
    if (failed) break;
  }
  take_line(lines.rest());
  reading_ = false;
}

void Tunnel::take_line(const std::string& line) {
  const LogLine read = read_log_line(line);
  if (read.interface && options_.kind == AgentKind::kNgrok) interface_ = read.interface;
  if (auto trouble = trouble_in(options_.kind, line)) {
    if (known_) trouble->hopeless = false;  // it works; and by now a line may repeat what a caller wrote
    const bool news = !told_ || told_->code != trouble->code;
    if (told_ && told_->hopeless && !trouble->hopeless) return;
    if (news && !trouble->hopeless)
      log_.warn("the tunnel agent reports a trouble",
                {{"agent", name(options_.kind)}, {"reason", trouble->code}, {"what", trouble->what}, {"do", trouble->mend}});
    told_ = std::move(trouble);
  } else if (read.is_error && is_safe_to_show(line) && lines_shown_ < kMostLinesShown) {
    ++lines_shown_;
    log_.warn("the tunnel agent says", {{"agent", name(options_.kind)}, {"line", text::cut_at(read.text, kLongestShown)}});
  }
}

void Tunnel::take_address(const Sight& sight) {
  if (sight.url == address_) return;
  const std::string before = std::exchange(address_, sight.url);
  log_.write(before.empty() ? LogLevel::kInfo : LogLevel::kWarn,
             before.empty() ? "public address" : "the public address has changed",
             {{"agent", name(options_.kind)}, {"address", address_}, {"before", before}});
  announce_(address_, before);
}

net::awaitable<Tunnel::Sight> Tunnel::look() {
  if (options_.kind == AgentKind::kNgrok) co_return co_await look_at_ngrok();
  co_return co_await look_at_cloudflared();
}

net::awaitable<Tunnel::Sight> Tunnel::look_at_ngrok() {
  const Interface at = interface_.value_or(options_.usual_interface);
  Sight sight;
  Result<std::vector<Route>> routes = fail(Errc::kNotFound, "");
  auto answer = co_await local_get(io_, at, "/api/endpoints");
  if (answer && answer->status == 200) routes = read_endpoints(answer->body);
  if (answer && !routes) {  // an agent before 3.30
    answer = co_await local_get(io_, at, "/api/tunnels");
    if (answer && answer->status == 200) routes = read_tunnels(answer->body);
    else if (answer) routes = fail(Errc::kInvalid, "its local interface answers with status " + std::to_string(answer->status));
  }
  if (!answer || !routes) {
    sight.missing = answer ? routes.error().what : answer.error().what;
  } else if (const Route* ours = route_to(*routes, options_.upstream.port)) {
    sight.url = ours->url;
  } else {
    sight.missing = "its local interface lists no public address for our port";
    const auto other = std::find_if(routes->begin(), routes->end(), [](const Route& route) { return route.port != 0; });
    if (other != routes->end()) sight.trouble = other_port(options_.kind, other->port, options_.upstream.port);
  }
  co_return sight;
}

net::awaitable<Tunnel::Sight> Tunnel::look_at_cloudflared() {
  Sight sight;
  const auto answer = co_await local_get(io_, *interface_, "/quicktunnel");
  const Result<std::string> url =
      !answer ? fail(answer.error())
      : answer->status != 200
          ? fail(Errc::kInvalid, "its local interface answers with status " + std::to_string(answer->status))
          : read_quick_tunnel(answer->body);
  if (!url || url->empty()) {
    sight.missing = url ? "its local interface knows no public address" : url.error().what;
    co_return sight;
  }
  sight.url = *url;
  const auto ready = co_await local_get(io_, *interface_, "/ready");
  sight.connected = ready && ready->status == 200;
  co_return sight;
}

net::awaitable<void> Tunnel::sleep(milliseconds time) {
  error_code cancelled;
  timer_.expires_after(time);
  co_await timer_.async_wait(awaiting(cancelled));
}

}  // namespace pointsman::tunnel
