// SPDX-License-Identifier: Apache-2.0
#include "contract/queue_suite.h"
#include "queue/embedded/embedded_queue.h"
#include "queue/embedded/schema.h"
#include "support/store.h"

namespace pointsman::queue {
namespace {

// One process's view of a file: its store and the queue in it with its dead letters.
struct View {
  Arrivals arrivals;
  test::OpenStore store;
  EmbeddedQueue queue, dead_letters;

  View(test::Loop& loop, const std::string& file, const Policy& policy, const Policy& dead, const Clock& clock)
      : arrivals(loop.io()),
        store(loop, file, {queue_schema()}, hooks()),
        queue(store.get(), arrivals, policy, clock),
        dead_letters(store.get(), arrivals, dead, clock) {}

  sqlite::WriterHooks hooks() {
    sqlite::WriterHooks made;
    made.after_commit = [this](bool committed) { arrivals.after_commit(committed); };
    return made;
  }
};

class EmbeddedWorld final : public QueueWorld {
 public:
  Promises promises() const override {
    return {.manual_clock = true, .exact_order = true, .exact_depth = true, .refuses_stale = true, .peeks = true, .limits_depth = true,
            .is_shared = true};
  }
  Queue& make(const QueueOptions& options) override {
    policy_.name = "work";
    policy_.retention = options.retention;
    policy_.max_messages = options.max_messages;
    policy_.max_receive_count = options.max_receive_count;
    if (options.max_receive_count > 0) policy_.dead_letter_queue = "work-dlq";
    here_ = view();
    return here_->queue;
  }
  Queue& dead_letters() override { return here_->dead_letters; }
  Queue& elsewhere() override {
    if (!there_) there_ = view();
    return there_->queue;
  }
  void pass(milliseconds time) override { clock_.advance(time); }
  test::Loop& loop() override { return loop_; }

 private:
  std::unique_ptr<View> view() {
    Policy dead;
    dead.name = "work-dlq";
    return std::make_unique<View>(loop_, folder_.file("queue.db"), policy_, dead, clock_);
  }

  test::TempDir folder_;
  test::Loop loop_;
  ManualClock clock_{Instant{std::chrono::hours{24 * 20'000}}};
  Policy policy_;
  std::unique_ptr<View> here_, there_;
};

INSTANTIATE_TEST_SUITE_P(Embedded, QueueSuite, testing::Values([] { return std::make_unique<EmbeddedWorld>(); }));

}  // namespace
}  // namespace pointsman::queue
