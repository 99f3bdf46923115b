// SPDX-License-Identifier: Apache-2.0
#include "app/stores.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <list>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/sqlite/schema.h"
#include "ledger/sqlite/sqlite_ledger.h"
#include "queue/embedded/deposit.h"
#include "queue/embedded/embedded_queue.h"
#include "queue/embedded/queue_rows.h"
#include "queue/embedded/schema.h"
#include "sqlite/store.h"

namespace pointsman::app {
namespace {

constexpr std::string_view kDeadLetterSuffix = "-dlq";
constexpr std::chrono::seconds kExpireEvery{60};
constexpr int kExpiredAtOnce = 100;  // messages of one queue and state: a step of a few milliseconds

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
  EmbeddedStores(boost::asio::io_context& io, const config::Config& config, const Clock& clock, Metrics& metrics,
                 const Logger& log)
      : config_(config),
        clock_(clock),
        expired_(metrics.counter("pointsman_queue_expired_total", "Messages that [queue] retention removed from a queue.")),
        log_(log),
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
      const Result<bool> more = expire_some(db, now);
      if (!more || *more) return more;
      expired_at_ = now;
    }
    return ledger::SqliteLedger::index_in_idle(db);
  }

  // One step over all queues; whether one of them has more that is too old. Not from queues_, which belongs to the I/O loop.
  Result<bool> expire_some(sqlite::Db& db, Instant now) const {
    const auto names = queue::queues_with_rows(db);
    if (!names) return fail(names.error());
    bool more = false;
    for (const std::string& name : *names) {
      const auto removed = queue::expire_rows(db, policy_of(config_, name), kExpiredAtOnce, now);
      if (!removed) return fail(removed.error());
      more = more || *removed >= kExpiredAtOnce;
      if (*removed > 0) tell_expired(name, *removed);
    }
    return more;
  }

  // Work that goes undone must not go unseen: nobody took it, or the clock was wrong.
  void tell_expired(const std::string& queue, std::int64_t messages) const {
    expired_.add(static_cast<std::uint64_t>(messages));
    log_.warn("messages expired", {{"kind", "limit"}, {"queue", queue}, {"messages", messages},
                                   {"reason", "older than [queue] retention; their tickets are in the ledger"}});
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
  Counter& expired_;
  const Logger& log_;
  queue::Arrivals arrivals_;
  ledger::Filing filing_;
  Instant expired_at_{};  // the writer's thread
  std::list<queue::EmbeddedQueue> queues_;
  std::unique_ptr<sqlite::Store> store_;  // its threads use all of the above
  std::optional<ledger::SqliteLedger> ledger_;
};

}  // namespace

std::string ledger_file(const config::Config& config) { return (std::filesystem::path(config.data_dir) / "pointsman.db").string(); }

namespace {

// Makes the directory for this user alone: tickets are personal data. What is new must be on the disk before a ticket in it is
// acknowledged; of the file's own entry SQLite takes care.
Result<void> make_directory(const std::filesystem::path& directory) {
  const auto failed_with = [&directory](const std::string& why) {
    return fail(Errc::kUnavailable, fmt::format("the data directory {} cannot be made: {}. Choose another with --data, or mend its permissions",
                                                directory.string(), why));
  };
  std::error_code failed;
  const std::filesystem::path parent = std::filesystem::absolute(directory).lexically_normal().parent_path();
  if (std::filesystem::is_directory(directory, failed)) return {};
  std::filesystem::create_directories(parent, failed);
  if (failed) return failed_with(failed.message());
  if (mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) return failed_with(std::strerror(errno));
  if (!std::filesystem::is_directory(directory, failed)) return failed_with("a file has that name");
  const int fd = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  const int why = errno;
  if (fd >= 0) close(fd);
  return synced ? Result<void>{} : failed_with(std::strerror(why));
}

// A new ledger is for this user alone even in a directory that others may read. SQLite begins with an empty file as with none, and gives
// its log the same rights. Where this fails, SQLite fails as well, and says why.
void make_private_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd >= 0) close(fd);
}

}  // namespace

Result<std::unique_ptr<Stores>> Stores::open(boost::asio::io_context& io, const config::Config& config, const Clock& clock,
                                             Metrics& metrics, const Logger& log) {
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its size limit is a full disk, reported as one, and no reason to end
  if (auto made = make_directory(config.data_dir); !made) return fail(made.error());
  make_private_file(ledger_file(config));
  auto stores = std::make_unique<EmbeddedStores>(io, config, clock, metrics, log);
  if (auto opened = stores->open(io, metrics, log); !opened) return fail(opened.error());
  return stores;
}

}  // namespace pointsman::app
