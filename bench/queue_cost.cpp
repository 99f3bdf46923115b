// SPDX-License-Identifier: Apache-2.0
//
// bench_queue_cost: what a receive and a delete cost at two depths of a queue. Two files, worked on in turns so that the noise of the
// machine meets both.
//
// Rows: the queue's own work within a transaction, without its commit: what could depend on the depth.
// Durable: receive and remove through the Queue, each with its own fsync, as a consumer sees it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "base/ids.h"
#include "queue/embedded/embedded_queue.h"
#include "queue/embedded/schema.h"

namespace pointsman::bench {
namespace {

namespace net = boost::asio;
using Steady = std::chrono::steady_clock;

constexpr int kInOneTransaction = 50;  // receives and deletes, timed together
constexpr std::int64_t kFillBatch = 20'000;

template <class T>
T need(Result<T> result) {
  if (result) {
    if constexpr (std::is_void_v<T>) return;
    else return std::move(*result);
  }
  fmt::print(stderr, "bench_queue_cost: {}\n", result.error().what);
  std::exit(1);
}

// A body as long as a ticket's.
queue::Outgoing message(std::int64_t number) {
  queue::Outgoing out;
  out.id = MessageId{new_uuid_v7(to_unix_ms(SystemClock{}.now()))};
  out.body = fmt::format(R"({{"schema":"pointsman.ticket/1","number":{},"description":"{}"}})", number, std::string(600, 'x'));
  out.attributes = {{"ticket_number", std::to_string(number)}, {"priority", "high"}, {"source", "teams"}};
  return out;
}

class DeepQueue {
 public:
  DeepQueue(const std::filesystem::path& folder, std::int64_t depth) : depth_(depth) {
    std::filesystem::create_directories(folder);
    path_ = (folder / fmt::format("depth-{}.db", depth)).string();
    fill();
    arrivals_.emplace(io_);
    sqlite::WriterHooks hooks;
    hooks.after_commit = [this](bool committed) { arrivals_->after_commit(committed); };
    store_ = need(sqlite::Store::open(io_, {.path = path_, .schema = {queue::queue_schema()}}, std::move(hooks), metrics_, log_));
    queue_.emplace(*store_, *arrivals_, policy_, clock_);
    db_ = need(sqlite::Db::open(path_, sqlite::Access::kReadWrite, 2'000));
    need(sqlite::prepare_connection(*db_, 16'000));
  }

  // Microseconds of one receive and its delete, without a commit. What was taken is put back, so that the depth stays.
  double rows() {
    auto transaction = need(sqlite::Transaction::begin(*db_));
    const auto begun = Steady::now();
    for (int i = 0; i < kInOneTransaction; ++i) {
      const auto received = need(queue::receive_rows(*db_, policy_, 1, std::chrono::seconds(30), clock_.now())).messages;
      if (received.size() != 1) need(Result<void>(fail(Errc::kInternal, "nothing was received")));
      need(queue::remove_row(*db_, policy_, received.front().receipt));
    }
    const auto took = Steady::now() - begun;
    for (int i = 0; i < kInOneTransaction; ++i) need(queue::send_row(*db_, policy_, message(i), clock_.now()));
    need(transaction.commit());
    return std::chrono::duration<double, std::micro>(took).count() / kInOneTransaction;
  }

  // Microseconds of one receive and its delete, both durable.
  double durable() {
    double took = 0;
    net::co_spawn(io_, receive_and_remove(took), net::detached);
    io_.restart();
    io_.run();
    return took;
  }

 private:
  void fill() {
    auto db = need(sqlite::Db::open(path_, sqlite::Access::kReadWrite, 2'000));
    need(sqlite::prepare_connection(*db, 200'000));
    need(db->execute("PRAGMA synchronous = OFF"));
    need(sqlite::migrate(*db, queue::queue_schema()));
    for (std::int64_t sent = 0; sent < depth_;) {
      auto transaction = need(sqlite::Transaction::begin(*db));
      for (const std::int64_t last = std::min(depth_, sent + kFillBatch); sent < last; ++sent)
        need(queue::send_row(*db, policy_, message(sent), clock_.now()));
      need(transaction.commit());
      need(db->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
  }

  net::awaitable<void> receive_and_remove(double& took) {
    const queue::ReceiveOptions options{.max_messages = 1, .wait = std::chrono::seconds(0)};
    const auto begun = Steady::now();
    const auto received = need(co_await queue_->receive(options));
    if (received.size() != 1) need(Result<void>(fail(Errc::kInternal, "nothing was received")));
    need(co_await queue_->remove(received.front().receipt));
    took = std::chrono::duration<double, std::micro>(Steady::now() - begun).count();
    const std::vector<queue::Outgoing> again{message(0)};
    const auto sent = need(co_await queue_->send(again));
    need(sent.front());
  }

  std::int64_t depth_;
  std::string path_;
  const queue::Policy policy_{.name = "bench", .dead_letter_queue = {}};
  SystemClock clock_;
  Logger log_{2, Logger::Form::kHuman, LogLevel::kWarn, clock_};
  Metrics metrics_;
  net::io_context io_;
  std::optional<queue::Arrivals> arrivals_;
  std::unique_ptr<sqlite::Store> store_;
  std::optional<queue::EmbeddedQueue> queue_;
  std::unique_ptr<sqlite::Db> db_;
};

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

struct Costs {
  std::vector<double> shallow, deep;
  void print(const char* name, bool last) const {
    fmt::print(R"("{0}_shallow_us":{1:.1f},"{0}_deep_us":{2:.1f},"{0}_ratio":{3:.3f}{4})", name, median(shallow), median(deep),
               median(deep) / median(shallow), last ? "}\n" : ",");
  }
};

}  // namespace
}  // namespace pointsman::bench

int main(int argc, char** argv) {
  using namespace pointsman::bench;
  std::string data;
  std::int64_t shallow_depth = 1'000, deep_depth = 1'000'000;
  int rounds = 200;
  CLI::App app{"Measures receive and delete at two depths of a queue."};
  app.add_option("--data", data, "a folder for the two files")->required();
  app.add_option("--shallow", shallow_depth);
  app.add_option("--deep", deep_depth);
  app.add_option("--rounds", rounds);
  CLI11_PARSE(app, argc, argv);
  DeepQueue shallow(data, shallow_depth), deep(data, deep_depth);
  Costs rows, durable;
  for (int i = 0; i < rounds; ++i) {
    rows.shallow.push_back(shallow.rows());
    rows.deep.push_back(deep.rows());
    durable.shallow.push_back(shallow.durable());
    durable.deep.push_back(deep.durable());
  }
  fmt::print("{{");
  rows.print("rows", false);
  durable.print("durable", true);
}
