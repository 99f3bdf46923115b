// SPDX-License-Identifier: Apache-2.0
//
// What an operation costs, in steps of SQLite's machine: a count that is the same on every machine.
#include <gtest/gtest.h>

#include "queue/embedded/message_rows.h"
#include "queue/embedded/schema.h"
#include "support/steps.h"
#include "support/temp_dir.h"

namespace pointsman::queue {
namespace {

constexpr Instant kNow{std::chrono::hours{24 * 20'000}};

class CostTest : public testing::Test {
 protected:
  CostTest() {
    db_ = std::move(*sqlite::Db::open(folder_.file("db"), sqlite::Access::kReadWrite, 0));
    EXPECT_TRUE(db_->execute("PRAGMA synchronous = OFF"));
    EXPECT_TRUE(sqlite::migrate(*db_, queue_schema()));
    policy_.name = "work";
    policy_.dead_letter_queue = "work-dlq";
    policy_.max_receive_count = 5;
  }
  void fill(int count) {
    ASSERT_TRUE(db_->execute("BEGIN"));
    for (int i = 0; i < count; ++i)
      ASSERT_TRUE(send_row(*db_, policy_, {MessageId{"m" + std::to_string(++sent_)}, "body", {}, seconds{0}}, kNow));
    ASSERT_TRUE(db_->execute("COMMIT"));
  }
  std::int64_t cost_of_receive_and_remove() {
    return test::steps(*db_, [this] {
      const auto received = receive_rows(*db_, policy_, 10, seconds{30}, kNow);
      ASSERT_TRUE(received);
      ASSERT_EQ(received->messages.size(), 10U);
      for (const Message& message : received->messages) ASSERT_TRUE(remove_row(*db_, policy_, message.receipt));
    });
  }

  test::TempDir folder_;
  std::unique_ptr<sqlite::Db> db_;
  Policy policy_;
  int sent_ = 0;
};

TEST_F(CostTest, receive_and_remove_cost_the_same_at_any_depth) {
  fill(1'000);
  cost_of_receive_and_remove();  // prepares the statements
  const std::int64_t shallow = cost_of_receive_and_remove();
  fill(50'000);
  const std::int64_t deep = cost_of_receive_and_remove();
  EXPECT_GT(shallow, 0);
  EXPECT_LE(deep, shallow * 11 / 10);
}

TEST_F(CostTest, receive_costs_the_same_however_much_is_in_flight) {
  fill(100);
  cost_of_receive_and_remove();
  const std::int64_t few = cost_of_receive_and_remove();
  fill(20'000);
  ASSERT_TRUE(db_->execute("BEGIN"));
  for (int i = 0; i < 1'900; ++i) ASSERT_TRUE(receive_rows(*db_, policy_, 10, seconds{3'600}, kNow));
  ASSERT_TRUE(db_->execute("COMMIT"));
  EXPECT_LE(cost_of_receive_and_remove(), few * 11 / 10);
}

TEST_F(CostTest, looking_peeking_and_one_step_of_a_purge_cost_the_same_at_any_depth) {
  const auto cost = [this] {
    return test::steps(*db_, [this] {
      ASSERT_TRUE(*has_visible_row(*db_, policy_, kNow));
      ASSERT_EQ(peek_rows(*db_, policy_, 10, kNow)->size(), 10U);
      ASSERT_EQ(*purge_rows(*db_, policy_, *newest_row(*db_), 50), 50);
      ASSERT_EQ(*expire_rows(*db_, policy_, 50, kNow), 0);
    });
  };
  fill(1'000);
  cost();
  const std::int64_t shallow = cost();
  fill(50'000);
  EXPECT_LE(cost(), shallow * 11 / 10);
}

TEST_F(CostTest, a_receive_sweeps_only_so_many_dead_messages) {
  policy_.retention = seconds{60};
  fill(10'000);
  const Instant later = kNow + seconds{61};
  const auto first = receive_rows(*db_, policy_, 10, seconds{30}, later);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->messages.empty());
  EXPECT_TRUE(first->more_to_sweep);
  EXPECT_GT(*db_->integer("SELECT count(*) FROM message"), 9'000);
}

}  // namespace
}  // namespace pointsman::queue
