// SPDX-License-Identifier: Apache-2.0
#include "app/stores.h"

#include <filesystem>
#include <list>

#include <fmt/format.h>

#include "ledger/sqlite/schema.h"
#include "ledger/sqlite/sqlite_ledger.h"
#include "queue/embedded/deposit.h"
#include "queue/embedded/embedded_queue.h"
#include "queue/embedded/schema.h"
#include "sqlite/store.h"

namespace pointsman::app {
namespace {

constexpr std::string_view kDeadLetterSuffix = "-dlq";
constexpr std::chrono::seconds kExpireEvery{60};
constexpr int kExpiredAtOnce = 100;

queue::Policy policy_of(const config::Config& config, const std::string& name) {
  queue::Policy policy;
  policy.name = name;
  policy.retention = config.queue.retention;
  policy.max_messages = config.limits.queue_depth;
  if (name.ends_with(kDeadLetterSuffix)) return policy;
  policy.dead_letter_queue = name + std::string(kDeadLetterSuffix);
  policy.max_receive_count = config.queue.max_receive_count;
  return policy;
}

// Ledger and queues in one file, so that a ticket and its message are stored by one commit.
class EmbeddedStores final : public Stores {
 public:
  EmbeddedStores(boost::asio::io_context& io, const config::Config& config, const Clock& clock)
      : config_(config),
        clock_(clock),
        arrivals_(io),
        filing_([this](sqlite::Db& db, const Ticket& ticket) { return deposit(db, ticket); }, clock) {}

  Result<void> open(boost::asio::io_context& io, Metrics& metrics, const Logger& log) {
    const sqlite::StoreOptions options{.path = ledger_file(config_),
                                       .schema = {ledger::ledger_schema(), queue::queue_schema()},
                                       .max_waiting = config_.limits.waiting_commits};
    sqlite::WriterHooks hooks;
    hooks.after_commit = [this](bool committed) {
      filing_.after_commit(committed);
      arrivals_.after_commit(committed);
    };
    hooks.when_idle = [this](sqlite::Db& db) { return do_idle_work(db); };
    auto store = sqlite::Store::open(io, options, std::move(hooks), metrics, log);
    if (!store) return fail(store.error());
    store_ = std::move(*store);
    ledger_.emplace(*store_, filing_, clock_);
    return add_queues();
  }

  ledger::Ledger& ledger() override { return *ledger_; }

  std::vector<desk::NamedQueue> queues() override {
    std::vector<desk::NamedQueue> named;
    for (queue::EmbeddedQueue& queue : queues_) named.push_back({queue.name(), queue});
    return named;
  }

  queue::Queue* find_queue(std::string_view name) override {
    for (queue::EmbeddedQueue& queue : queues_)
      if (queue.name() == name) return &queue;
    return nullptr;
  }

 private:
  // On the writer's thread, inside the transaction that files the ticket.
  Result<void> deposit(sqlite::Db& db, const Ticket& ticket) {
    arrivals_.note();
    return queue::send_row(db, policy_of(config_, ticket.queue), queue::to_message(ticket), ticket.created_at);
  }

  Result<bool> do_idle_work(sqlite::Db& db) {
    if (const Instant now = clock_.now(); now - expired_at_ >= kExpireEvery) {
      expired_at_ = now;
      for (const queue::EmbeddedQueue& queue : queues_)
        if (const auto done = queue::expire_rows(db, policy_of(config_, queue.name()), kExpiredAtOnce, now); !done) return fail(done.error());
    }
    return ledger::SqliteLedger::index_in_idle(db);
  }

  Result<void> add_queues() {
    for (const PriorityLevel& level : config_.rules.priorities) add_queue(level.queue);
    for (const PriorityLevel& level : config_.rules.priorities) add_queue(level.queue + std::string(kDeadLetterSuffix));
    // What an earlier configuration left behind must not be lost from sight.
    auto db = sqlite::Db::open(store_->path(), sqlite::Access::kReadOnly, 2'000);
    if (!db) return fail(db.error());
    const auto names = queue::queues_with_rows(**db);
    if (!names) return fail(names.error());
    for (const std::string& name : *names) add_queue(name);
    return {};
  }

  void add_queue(const std::string& name) {
    if (find_queue(name) == nullptr) queues_.emplace_back(*store_, arrivals_, policy_of(config_, name), clock_);
  }

  const config::Config& config_;
  const Clock& clock_;
  queue::Arrivals arrivals_;
  ledger::Filing filing_;
  Instant expired_at_{};  // the writer's thread
  std::list<queue::EmbeddedQueue> queues_;
  std::unique_ptr<sqlite::Store> store_;  // its threads use all of the above
  std::optional<ledger::SqliteLedger> ledger_;
};

}  // namespace

std::string ledger_file(const config::Config& config) { return (std::filesystem::path(config.data_dir) / "pointsman.db").string(); }

Result<std::unique_ptr<Stores>> Stores::open(boost::asio::io_context& io, const config::Config& config, const Clock& clock,
                                             Metrics& metrics, const Logger& log) {
  std::error_code failed;
  std::filesystem::create_directories(config.data_dir, failed);
  if (failed)
    return fail(Errc::kUnavailable, fmt::format("the data directory {} cannot be made: {}. Choose another with --data, or mend its permissions",
                                                config.data_dir, failed.message()));
  auto stores = std::make_unique<EmbeddedStores>(io, config, clock);
  if (auto opened = stores->open(io, metrics, log); !opened) return fail(opened.error());
  return stores;
}

}  // namespace pointsman::app
