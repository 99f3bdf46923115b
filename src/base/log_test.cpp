// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <limits>
#include <thread>
#include <type_traits>
#include <vector>

#include <gmock/gmock.h>
#include <poll.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/text.h"

namespace pointsman {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// What a logger wrote, through a real pipe.
class Written {
 public:
  Written() {
    if (pipe(ends_) != 0) std::abort();
  }
  ~Written() {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  int fd() const { return ends_[1]; }
  std::string text() {
    close(ends_[1]);
    ends_[1] = -1;
    std::string all;
    char buffer[4096];
    for (ssize_t n; (n = read(ends_[0], buffer, sizeof buffer)) > 0;) all.append(buffer, static_cast<std::size_t>(n));
    return all;
  }

 private:
  int ends_[2];
};

const ManualClock kClock{Instant{1'700'000'000'123ms}};

std::string json_of(std::string_view value) {
  Written written;
  Logger(written.fd(), Logger::Form::kJson, LogLevel::kDebug, kClock).info("e", {{"v", value}});
  return written.text();
}

TEST(Logger, writes_one_json_object_a_line_with_time_level_and_event) {
  Written written;
  Logger(written.fd(), Logger::Form::kJson, LogLevel::kInfo, kClock)
      .warn("refused", {{"reason", "bad \"signature\""}, {"bytes", 12}, {"genuine", false}, {"seconds", 0.5}});
  EXPECT_EQ(
      written.text(),
      "{\"time\":\"2023-11-14T22:13:20.123Z\",\"level\":\"warn\",\"event\":\"refused\",\"reason\":\"bad \\\"signature\\\"\","
      "\"bytes\":12,\"genuine\":false,\"seconds\":0.500}\n");
}

TEST(Logger, a_terminal_gets_a_short_coloured_line) {
  Written written;
  Logger(written.fd(), Logger::Form::kHuman, LogLevel::kInfo, kClock)
      .error("not_stored", {{"ticket", 7}, {"why", "disk full"}});
  EXPECT_EQ(written.text(), "22:13:20.123 \x1b[31merror\x1b[0m not_stored ticket=7 why=\"disk full\"\n");
}

TEST(Logger, no_value_can_start_a_second_line_or_move_the_terminal) {
  const std::string hostile = "a\nb\r\nc\x1b[31md\x07\x7f\u0085\u009b\u2028\u2029\u202Eback\u200B\U000E0041\0z";
  for (const auto form : {Logger::Form::kJson, Logger::Form::kHuman}) {
    Written written;
    Logger(written.fd(), form, LogLevel::kDebug, kClock).info("e", {{"v", hostile}});
    std::string out = written.text();
    ASSERT_TRUE(out.ends_with('\n'));
    out.pop_back();
    out = out.substr(out.find(form == Logger::Form::kJson ? "\"v\"" : "v="));  // behind the colours of our own
    EXPECT_TRUE(text::is_valid_utf8(out));
    for (std::string_view rest = out; !rest.empty();) {
      const char32_t c = text::take_code_point(rest);
      EXPECT_FALSE(c == '\n' || text::is_control(c) || text::is_invisible(c) || c == 0x2028 || c == 0x2029)
          << static_cast<unsigned>(c);
    }
  }
}

TEST(Logger, escapes_what_json_needs_escaped) {
  EXPECT_THAT(json_of("back\\slash \"quote\"\ttab\nline"), HasSubstr(R"("v":"back\\slash \"quote\"\ttab\nline")"));
  EXPECT_THAT(json_of("\U000E0041"), HasSubstr(R"("v":"\udb40\udc41")"));
  EXPECT_THAT(json_of("Störung 🖨"), HasSubstr("Störung 🖨"));
  EXPECT_THAT(json_of("bad \xFF byte"), HasSubstr("bad \xEF\xBF\xBD byte"));
}

TEST(Logger, a_number_that_is_none_is_null_in_json) {
  Written written;
  Logger(written.fd(), Logger::Form::kJson, LogLevel::kInfo, kClock)
      .info("e", {{"a", std::numeric_limits<double>::quiet_NaN()}, {"b", std::numeric_limits<double>::infinity()}});
  EXPECT_THAT(written.text(), HasSubstr(R"("a":null,"b":null})"));
}

TEST(Logger, says_nothing_below_its_level) {
  Written written;
  const Logger log(written.fd(), Logger::Form::kJson, LogLevel::kWarn, kClock);
  log.debug("a");
  log.info("b");
  EXPECT_FALSE(log.enabled(LogLevel::kInfo));
  log.warn("c");
  const std::string out = written.text();
  EXPECT_THAT(out, HasSubstr("\"c\""));
  EXPECT_THAT(out, Not(HasSubstr("\"b\"")));
}

TEST(Logger, lines_of_several_threads_do_not_mix) {
  constexpr int kThreads = 4, kLines = 100;  // together below what a pipe holds
  Written written;
  const Logger log(written.fd(), Logger::Form::kJson, LogLevel::kInfo, kClock);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&log] {
      for (int i = 0; i < kLines; ++i) log.info("e", {{"v", "xxxxxxxxxxxxxxxxxxxx"}});
    });
  for (std::thread& thread : threads) thread.join();
  const std::string out = written.text();
  std::size_t lines = 0;
  for (std::size_t at = 0, end; (end = out.find('\n', at)) != out.npos; at = end + 1, ++lines)
    EXPECT_EQ(out.substr(at, end - at),
              R"({"time":"2023-11-14T22:13:20.123Z","level":"info","event":"e","v":"xxxxxxxxxxxxxxxxxxxx"})");
  EXPECT_EQ(lines, std::size_t{kThreads} * kLines);
}

TEST(Logger, a_reader_that_is_stuck_costs_lines_and_never_time) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const Logger log(ends[1], Logger::Form::kJson, LogLevel::kInfo, kClock);
  for (int i = 0; i < 5'000; ++i) log.info("filed", {{"ticket", i}});  // far more than a pipe holds: a write that blocks never returns
  std::string first(4096, '\0');
  ASSERT_GT(read(ends[0], first.data(), first.size()), 0);
  while (true) {
    log.info("again");
    pollfd more{ends[0], POLLIN, 0};
    if (poll(&more, 1, 0) == 0) break;
    first.resize(65'536);
    const ssize_t n = read(ends[0], first.data(), first.size());
    first.resize(static_cast<std::size_t>(n));
    if (first.find("log lines lost") != first.npos) break;
  }
  EXPECT_THAT(first, HasSubstr("\"event\":\"log lines lost\",\"lines\":"));
  close(ends[0]);
  close(ends[1]);
}

TEST(Logger, a_line_too_long_for_a_pipe_goes_without_its_fields) {
  EXPECT_THAT(json_of(std::string(5'000, 'x')), HasSubstr("\"event\":\"e\",\"cut\":true}"));
}

TEST(Logger, a_closed_reader_does_not_stop_the_service) {
  const Logger log(-1, Logger::Form::kJson, LogLevel::kInfo, kClock);  // every write fails
  log.info("e", {{"v", "x"}});
  SUCCEED();
}

// A secret cannot be passed by accident: there is no way to make a field of it.
static_assert(!std::is_constructible_v<LogField, std::string_view, Secret>);

}  // namespace
}  // namespace pointsman
