// SPDX-License-Identifier: Apache-2.0
//
// tests/contract/queue_suite.h: every promise of queue/queue.h as a test. To put an implementation under it, give a QueueWorld:
//
//   class SqsWorld final : public QueueWorld { ... };
//   INSTANTIATE_TEST_SUITE_P(Sqs, QueueSuite, testing::Values([] { return std::make_unique<SqsWorld>(); }));
//
// Include it once in a program.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "queue/queue.h"
#include "support/loop.h"

namespace pointsman::queue {

struct QueueOptions {
  int max_receive_count = 0;  // 0: no dead-letter queue
  seconds retention{14 * 24 * 3600};
  std::int64_t max_messages = 0;  // 0: no limit
};

// What an implementation promises beyond the least; tests of what it does not are skipped.
struct Promises {
  bool manual_clock = false;  // pass() costs no time, however long it is
  bool exact_order = false;   // oldest first, always
  bool exact_depth = false;
  bool refuses_stale = false;  // a replaced receipt is refused for certain
  bool peeks = false;
  bool limits_depth = false;  // QueueOptions::max_messages
  bool is_shared = false;     // elsewhere() works
};

// The implementation with all it needs around it; new and empty for every test.
class QueueWorld {
 public:
  virtual ~QueueWorld() = default;
  virtual Promises promises() const = 0;
  // Once a test. The queue and its dead-letter queue live as long as the world.
  virtual Queue& make(const QueueOptions& options) = 0;
  virtual Queue& dead_letters() = 0;
  // The same queue as another process sees it.
  virtual Queue& elsewhere() = 0;
  // Lets time go by for the queue: a manual clock is advanced, a real service is waited for.
  virtual void pass(milliseconds time) = 0;
  virtual test::Loop& loop() = 0;
};

using MakeQueueWorld = std::function<std::unique_ptr<QueueWorld>()>;

class QueueSuite : public testing::TestWithParam<MakeQueueWorld> {
 protected:
  QueueSuite() : world_(GetParam()()) {}

  bool promises(bool Promises::*what) const { return world_->promises().*what; }
  Queue& make(const QueueOptions& options = {}) { return world_->make(options); }

  static Outgoing message(const std::string& id, std::string body = "body") { return {MessageId{id}, std::move(body), {}, seconds{0}}; }

  std::vector<Result<void>> send(Queue& queue, const std::vector<Outgoing>& messages) {
    auto sent = world_->loop().wait(queue.send(messages));
    EXPECT_TRUE(sent) << (sent ? "" : sent.error().what);
    return sent ? *sent : std::vector<Result<void>>{};
  }
  void send_ids(Queue& queue, int from, int to) {
    for (int i = from; i < to; i += static_cast<int>(kMaxBatch)) {
      std::vector<Outgoing> batch;
      for (int j = i; j < std::min(to, i + static_cast<int>(kMaxBatch)); ++j) batch.push_back(message("m" + std::to_string(j)));
      for (const Result<void>& outcome : send(queue, batch)) EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().what);
    }
  }
  std::vector<Message> receive(Queue& queue, int most = 10, seconds visibility = seconds{30}, seconds wait = seconds{0}) {
    auto received = world_->loop().wait(queue.receive({most, wait, visibility}));
    EXPECT_TRUE(received) << (received ? "" : received.error().what);
    return received ? *received : std::vector<Message>{};
  }
  // The only message that comes.
  Message receive_one(Queue& queue, seconds visibility = seconds{30}) {
    auto received = receive(queue, 10, visibility);
    EXPECT_EQ(received.size(), 1U);
    return received.empty() ? Message{} : received.front();
  }
  Errc error_of_receive(Queue& queue, ReceiveOptions options) {
    const auto received = world_->loop().wait(queue.receive(options));
    return received ? Errc::kInternal : received.error().code;
  }
  Result<void> remove(Queue& queue, const ReceiptHandle& receipt) { return world_->loop().wait(queue.remove(receipt)); }
  Result<void> change(Queue& queue, const ReceiptHandle& receipt, seconds visibility) {
    return world_->loop().wait(queue.change_visibility(receipt, visibility));
  }
  Depth depth(Queue& queue) {
    const auto measured = world_->loop().wait(queue.depth());
    EXPECT_TRUE(measured);
    return measured ? *measured : Depth{};
  }
  static std::vector<std::string> ids(const std::vector<Message>& messages) {
    std::vector<std::string> out;
    for (const Message& m : messages) out.push_back(m.id.value());
    return out;
  }
  // Receives and removes until nothing comes.
  std::vector<std::string> drain(Queue& queue) {
    std::vector<std::string> all;
    for (;;) {
      const auto messages = receive(queue);
      if (messages.empty()) return all;
      for (const Message& m : messages) {
        all.push_back(m.id.value());
        EXPECT_TRUE(remove(queue, m.receipt));
      }
    }
  }

  std::unique_ptr<QueueWorld> world_;
};

#define SKIP_UNLESS(promise) \
  if (!promises(&Promises::promise)) { \
    GTEST_SKIP() << "not promised: " #promise; \
  }

using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST_P(QueueSuite, gives_what_was_sent_with_its_id_body_and_attributes) {
  Queue& queue = make();
  Outgoing sent = message("id-1", "two\nlines\tand \xC3\xA4\xF0\x9F\x98\x80");
  sent.attributes = {{"ticket_number", "7"}, {"priority", "high \xC3\xBC"}};
  ASSERT_TRUE(send(queue, {sent}).front());
  const Message got = receive_one(queue);
  EXPECT_EQ(got.id, sent.id);
  EXPECT_EQ(got.body, sent.body);
  EXPECT_THAT(got.attributes, testing::UnorderedElementsAreArray(sent.attributes));
  EXPECT_EQ(got.receive_count, 1);
  EXPECT_FALSE(got.receipt.value().empty());
}

TEST_P(QueueSuite, gives_nothing_when_nothing_was_sent) {
  Queue& queue = make();
  EXPECT_TRUE(receive(queue).empty());
  EXPECT_EQ(depth(queue).visible, 0);
}

TEST_P(QueueSuite, takes_ten_messages_at_once_and_tells_the_outcome_of_each) {
  Queue& queue = make();
  std::vector<Outgoing> batch;
  for (int i = 0; i < 10; ++i) batch.push_back(message("m" + std::to_string(i)));
  batch[3].body = "bad \x01";
  batch[7].body.clear();
  const auto outcomes = send(queue, batch);
  ASSERT_EQ(outcomes.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(outcomes[i].has_value(), i != 3 && i != 7) << i;
  EXPECT_EQ(outcomes[3].error().code, Errc::kInvalid);
  EXPECT_THAT(drain(queue), UnorderedElementsAre("m0", "m1", "m2", "m4", "m5", "m6", "m8", "m9"));
}

TEST_P(QueueSuite, refuses_a_send_of_none_or_of_eleven) {
  Queue& queue = make();
  for (const std::size_t count : {std::size_t{0}, kMaxBatch + 1}) {
    const std::vector<Outgoing> batch(count, message("m"));
    const auto sent = world_->loop().wait(queue.send(batch));
    ASSERT_FALSE(sent) << count;
    EXPECT_EQ(sent.error().code, Errc::kInvalid);
  }
  EXPECT_TRUE(receive(queue).empty());
}

TEST_P(QueueSuite, refuses_each_message_that_no_service_would_carry) {
  Queue& queue = make();
  std::vector<Outgoing> wrong;
  wrong.push_back(message("", "no id"));
  wrong.push_back(message("empty", ""));
  wrong.push_back(message("control", std::string("nul \0 inside", 12)));
  wrong.push_back(message("escape", "\x1b[31m"));
  wrong.push_back(message("utf8", "\xC3("));
  wrong.push_back(message("large", std::string(kMaxBody + 1, 'x')));
  wrong.push_back(message("delay"));
  wrong.back().delay = kMaxDelay + seconds{1};
  wrong.push_back(message("past"));
  wrong.back().delay = seconds{-1};
  wrong.push_back(message("attributes"));
  wrong.back().attributes.assign(kMaxAttributes + 1, {"name", "value"});
  for (const Outgoing& one : wrong) {
    const auto outcome = send(queue, {one});
    ASSERT_EQ(outcome.size(), 1U);
    ASSERT_FALSE(outcome.front()) << one.id.value();
    EXPECT_EQ(outcome.front().error().code, Errc::kInvalid) << one.id.value();
  }
  EXPECT_TRUE(receive(queue).empty());
}

TEST_P(QueueSuite, refuses_attributes_with_a_wrong_name_or_value) {
  Queue& queue = make();
  const std::vector<Attribute> wrong = {{"", "v"}, {"a b", "v"}, {"a\n", "v"}, {std::string(kMaxAttributeName + 1, 'n'), "v"},
                                        {"n", "\x02"}, {"n", "\xFF"}};
  for (const Attribute& attribute : wrong) {
    Outgoing one = message("m");
    one.attributes = {attribute};
    EXPECT_FALSE(send(queue, {one}).front()) << attribute.name << "=" << attribute.value;
  }
  Outgoing longest = message("m");
  longest.attributes = {{std::string(kMaxAttributeName, 'n'), "v"}};
  EXPECT_TRUE(send(queue, {longest}).front());
}

TEST_P(QueueSuite, carries_the_largest_message_attributes_included) {
  Queue& queue = make();
  Outgoing largest = message("m", std::string(kMaxBody - 10, 'x'));
  largest.attributes = {{"name5", "val.5"}};
  ASSERT_TRUE(send(queue, {largest}).front());
  EXPECT_EQ(receive_one(queue).body, largest.body);
  largest.body += 'x';
  EXPECT_FALSE(send(queue, {largest}).front());
}

TEST_P(QueueSuite, gives_the_oldest_first) {
  SKIP_UNLESS(exact_order)
  Queue& queue = make();
  send_ids(queue, 0, 25);
  std::vector<std::string> expected;
  for (int i = 0; i < 25; ++i) expected.push_back("m" + std::to_string(i));
  EXPECT_EQ(drain(queue), expected);
}

TEST_P(QueueSuite, puts_a_message_that_came_back_before_the_younger_ones) {
  SKIP_UNLESS(exact_order)
  Queue& queue = make();
  send_ids(queue, 0, 3);
  receive(queue, 1, seconds{10});
  world_->pass(seconds{11});
  EXPECT_THAT(ids(receive(queue)), ElementsAre("m0", "m1", "m2"));
}

TEST_P(QueueSuite, gives_at_most_as_many_as_were_asked_for) {
  Queue& queue = make();
  send_ids(queue, 0, 10);
  std::size_t all = 0;
  for (;;) {
    const auto messages = receive(queue, 3);
    ASSERT_LE(messages.size(), 3U);
    if (messages.empty()) break;
    all += messages.size();
  }
  EXPECT_EQ(all, 10U);
}

TEST_P(QueueSuite, refuses_a_receive_outside_the_limits) {
  Queue& queue = make();
  const seconds none{0};
  for (const int most : {0, -1, static_cast<int>(kMaxBatch) + 1}) EXPECT_EQ(error_of_receive(queue, {most, none, none}), Errc::kInvalid);
  EXPECT_EQ(error_of_receive(queue, {1, kMaxWait + seconds{1}, none}), Errc::kInvalid);
  EXPECT_EQ(error_of_receive(queue, {1, seconds{-1}, none}), Errc::kInvalid);
  EXPECT_EQ(error_of_receive(queue, {1, none, kMaxVisibility + seconds{1}}), Errc::kInvalid);
  EXPECT_EQ(error_of_receive(queue, {1, none, seconds{-1}}), Errc::kInvalid);
}

TEST_P(QueueSuite, hides_a_received_message_until_its_visibility_timeout) {
  Queue& queue = make();
  send_ids(queue, 0, 1);
  const Message first = receive_one(queue, seconds{2});
  EXPECT_TRUE(receive(queue).empty());
  world_->pass(milliseconds{2'100});
  const Message second = receive_one(queue);
  EXPECT_EQ(second.id, first.id);
  EXPECT_NE(second.receipt, first.receipt);
  EXPECT_EQ(second.receive_count, 2);
  EXPECT_EQ(second.sent_at, first.sent_at);
}

TEST_P(QueueSuite, makes_a_message_received_with_no_visibility_timeout_visible_at_once) {
  Queue& queue = make();
  send_ids(queue, 0, 1);
  EXPECT_EQ(receive_one(queue, seconds{0}).receive_count, 1);
  EXPECT_EQ(receive_one(queue, seconds{0}).receive_count, 2);
}

TEST_P(QueueSuite, refuses_a_receipt_that_a_later_receive_replaced) {
  SKIP_UNLESS(refuses_stale)
  Queue& queue = make();
  send_ids(queue, 0, 1);
  const Message first = receive_one(queue, seconds{1});
  world_->pass(milliseconds{1'100});
  const Message second = receive_one(queue);
  const auto removed = remove(queue, first.receipt);
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, Errc::kStaleReceipt);
  const auto changed = change(queue, first.receipt, seconds{60});
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, Errc::kStaleReceipt);
  EXPECT_TRUE(remove(queue, second.receipt));
}

TEST_P(QueueSuite, removes_for_ever_and_removing_twice_succeeds) {
  Queue& queue = make();
  send_ids(queue, 0, 2);
  const auto messages = receive(queue, 10, seconds{1});
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_TRUE(remove(queue, messages[0].receipt));
  EXPECT_TRUE(remove(queue, messages[0].receipt));
  world_->pass(milliseconds{1'100});
  EXPECT_THAT(ids(receive(queue)), ElementsAre(messages[1].id.value()));
}

TEST_P(QueueSuite, removes_after_the_timeout_while_nobody_else_received_it) {
  Queue& queue = make();
  send_ids(queue, 0, 1);
  const Message got = receive_one(queue, seconds{1});
  world_->pass(milliseconds{1'100});
  EXPECT_TRUE(remove(queue, got.receipt));
  EXPECT_TRUE(receive(queue).empty());
}

TEST_P(QueueSuite, refuses_what_is_no_receipt) {
  Queue& queue = make();
  send_ids(queue, 0, 1);
  for (const char* forged : {"", "receipt", "1", "1:1", "x:1:m0", "1:x:m0", "1:0:m0", "1:-1:m0", "99999999999999999999:1:m0"}) {
    const auto removed = remove(queue, ReceiptHandle{forged});
    ASSERT_FALSE(removed) << forged;
    EXPECT_EQ(removed.error().code, Errc::kInvalid) << forged;
  }
  EXPECT_EQ(receive(queue).size(), 1U);
}

TEST_P(QueueSuite, gives_the_holder_more_time_from_now) {
  Queue& queue = make();
  send_ids(queue, 0, 1);
  const Message got = receive_one(queue, seconds{2});
  world_->pass(milliseconds{1'000});
  ASSERT_TRUE(change(queue, got.receipt, seconds{3}));
  world_->pass(milliseconds{1'500});
  EXPECT_TRUE(receive(queue).empty());
  world_->pass(milliseconds{2'000});
  EXPECT_EQ(receive_one(queue).receive_count, 2);
}

TEST_P(QueueSuite, makes_a_message_visible_at_once_when_its_holder_gives_it_back) {
  Queue& queue = make();
  send_ids(queue, 0, 1);
  const Message got = receive_one(queue);
  ASSERT_TRUE(change(queue, got.receipt, seconds{0}));
  EXPECT_EQ(receive_one(queue).receive_count, 2);
}

TEST_P(QueueSuite, never_hides_a_message_longer_than_twelve_hours_in_all) {
  SKIP_UNLESS(manual_clock)
  Queue& queue = make();
  send_ids(queue, 0, 1);
  const Message got = receive_one(queue, kMaxVisibility);
  world_->pass(std::chrono::hours{1});
  const auto refused = change(queue, got.receipt, std::chrono::hours{11} + seconds{1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kInvalid);
  EXPECT_TRUE(change(queue, got.receipt, std::chrono::hours{11}));
  EXPECT_FALSE(change(queue, got.receipt, seconds{-1}));
  world_->pass(std::chrono::hours{11} - seconds{1});
  EXPECT_TRUE(receive(queue).empty());
  world_->pass(seconds{2});
  EXPECT_EQ(receive_one(queue).receive_count, 2);
}

TEST_P(QueueSuite, refuses_more_time_for_a_message_that_was_removed) {
  Queue& queue = make();
  send_ids(queue, 0, 1);
  const Message got = receive_one(queue);
  ASSERT_TRUE(remove(queue, got.receipt));
  EXPECT_FALSE(change(queue, got.receipt, seconds{10}));
}

TEST_P(QueueSuite, holds_a_delayed_message_back) {
  Queue& queue = make();
  Outgoing later = message("later");
  later.delay = seconds{2};
  ASSERT_TRUE(send(queue, {later, message("now")})[0]);
  EXPECT_THAT(ids(receive(queue)), ElementsAre("now"));
  if (promises(&Promises::exact_depth)) {
    EXPECT_EQ(depth(queue).delayed, 1);
  }
  world_->pass(milliseconds{2'100});
  EXPECT_THAT(ids(receive(queue)), ElementsAre("later"));
}

TEST_P(QueueSuite, drops_a_message_when_its_retention_has_passed) {
  SKIP_UNLESS(manual_clock)
  Queue& queue = make({.max_receive_count = 0, .retention = std::chrono::hours{24}, .max_messages = 0});
  send_ids(queue, 0, 3);
  receive(queue, 1, std::chrono::hours{1});  // one has been received before
  world_->pass(std::chrono::hours{20});
  send_ids(queue, 3, 4);
  world_->pass(std::chrono::hours{5});
  EXPECT_THAT(ids(receive(queue)), ElementsAre("m3"));
  EXPECT_EQ(depth(queue).visible, 0);
}

TEST_P(QueueSuite, finds_a_live_message_behind_any_number_of_expired_ones) {
  SKIP_UNLESS(manual_clock)
  Queue& queue = make({.max_receive_count = 0, .retention = std::chrono::hours{24}, .max_messages = 0});
  send_ids(queue, 0, 700);
  world_->pass(std::chrono::hours{25});
  send_ids(queue, 700, 701);
  EXPECT_THAT(ids(receive(queue)), ElementsAre("m700"));
}

TEST_P(QueueSuite, moves_a_message_to_the_dead_letters_after_its_last_receive) {
  Queue& queue = make({.max_receive_count = 2});
  Outgoing poison = message("poison", "the body");
  poison.attributes = {{"n", "v"}};
  ASSERT_TRUE(send(queue, {poison}).front());
  EXPECT_EQ(receive_one(queue, seconds{0}).receive_count, 1);
  const Message last = receive_one(queue, seconds{0});
  EXPECT_EQ(last.receive_count, 2);
  EXPECT_TRUE(receive(queue).empty());
  const Message dead = receive_one(world_->dead_letters());
  EXPECT_EQ(dead.id, poison.id);
  EXPECT_EQ(dead.body, poison.body);
  EXPECT_EQ(dead.attributes, poison.attributes);
}

TEST_P(QueueSuite, does_not_let_an_old_receipt_reach_into_the_dead_letters) {
  SKIP_UNLESS(refuses_stale)
  Queue& queue = make({.max_receive_count = 1});
  send_ids(queue, 0, 1);
  const Message got = receive_one(queue, seconds{0});
  EXPECT_TRUE(receive(queue).empty());  // it moves
  EXPECT_FALSE(remove(queue, got.receipt));
  EXPECT_EQ(receive(world_->dead_letters()).size(), 1U);
}

TEST_P(QueueSuite, never_moves_a_message_when_there_are_no_dead_letters) {
  Queue& queue = make({.max_receive_count = 0});
  send_ids(queue, 0, 1);
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(receive_one(queue, seconds{0}).receive_count, i);
}

TEST_P(QueueSuite, redrives_every_dead_letter_as_if_it_was_new) {
  Queue& queue = make({.max_receive_count = 1});
  send_ids(queue, 0, 450);
  std::size_t received = 0;
  for (auto got = receive(queue, 10, seconds{0}); !got.empty(); got = receive(queue, 10, seconds{0})) received += got.size();
  EXPECT_EQ(received, 450U);
  const auto moved = world_->loop().wait(queue.redrive());
  ASSERT_TRUE(moved);
  EXPECT_EQ(*moved, 450);
  EXPECT_TRUE(receive(world_->dead_letters()).empty());
  const auto again = receive(queue, 10);
  ASSERT_EQ(again.size(), 10U);
  for (const Message& m : again) EXPECT_EQ(m.receive_count, 1);
  EXPECT_EQ(drain(queue).size(), 440U);
}

TEST_P(QueueSuite, refuses_a_redrive_without_dead_letters) {
  Queue& queue = make({.max_receive_count = 0});
  const auto moved = world_->loop().wait(queue.redrive());
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, Errc::kInvalid);
}

TEST_P(QueueSuite, purges_visible_delayed_and_in_flight_messages) {
  Queue& queue = make();
  send_ids(queue, 0, 450);
  Outgoing later = message("later");
  later.delay = seconds{2};
  send(queue, {later});
  const auto held = receive(queue, 5, seconds{1});
  ASSERT_FALSE(held.empty());
  ASSERT_TRUE(world_->loop().wait(queue.purge()));
  world_->pass(milliseconds{2'100});
  EXPECT_TRUE(receive(queue).empty());
  EXPECT_TRUE(remove(queue, held.front().receipt));
  EXPECT_EQ(depth(queue).visible, 0);
  send_ids(queue, 1000, 1001);
  EXPECT_THAT(ids(receive(queue)), ElementsAre("m1000"));
}

TEST_P(QueueSuite, counts_what_is_visible_in_flight_and_delayed) {
  SKIP_UNLESS(exact_depth)
  Queue& queue = make();
  EXPECT_EQ(depth(queue).age_of_oldest, milliseconds{0});
  send_ids(queue, 0, 7);
  world_->pass(seconds{3});
  Outgoing later = message("later");
  later.delay = seconds{600};
  send(queue, {later});
  const auto held = receive(queue, 3, seconds{60});
  ASSERT_EQ(held.size(), 3U);
  Depth now = depth(queue);
  EXPECT_EQ(now.visible, 4);
  EXPECT_EQ(now.in_flight, 3);
  EXPECT_EQ(now.delayed, 1);
  EXPECT_EQ(now.age_of_oldest, seconds{3});
  ASSERT_TRUE(remove(queue, held[0].receipt));
  world_->pass(seconds{61});
  now = depth(queue);  // what timed out counts as visible, received again or not
  EXPECT_EQ(now.visible, 6);
  EXPECT_EQ(now.in_flight, 0);
  EXPECT_EQ(now.delayed, 1);
}

TEST_P(QueueSuite, peeks_without_receiving) {
  SKIP_UNLESS(peeks)
  Queue& queue = make();
  send_ids(queue, 0, 5);
  receive(queue, 1, seconds{60});
  for (int i = 0; i < 2; ++i) {
    const auto seen = world_->loop().wait(queue.peek(3));
    ASSERT_TRUE(seen);
    EXPECT_THAT(ids(*seen), ElementsAre("m1", "m2", "m3"));
    for (const Message& m : *seen) {
      EXPECT_EQ(m.receive_count, 0);
      EXPECT_TRUE(m.receipt.value().empty());
    }
  }
  EXPECT_EQ(receive(queue).size(), 4U);
}

TEST_P(QueueSuite, ends_a_long_poll_when_something_is_sent) {
  Queue& queue = make();
  const auto poll = [&]() -> net::awaitable<Result<std::vector<Message>>> { return queue.receive({10, kMaxWait, seconds{30}}); };
  const auto send_one = [&]() -> net::awaitable<Result<std::vector<Message>>> {
    const std::vector<Outgoing> one{message("m")};
    const auto sent = co_await queue.send(one);
    if (!sent) co_return fail(sent.error());
    co_return std::vector<Message>{};
  };
  std::vector<net::awaitable<Result<std::vector<Message>>>> tasks;
  tasks.push_back(poll());
  tasks.push_back(send_one());
  const auto results = world_->loop().wait_all(std::move(tasks));
  ASSERT_TRUE(results[0]);
  EXPECT_THAT(ids(*results[0]), ElementsAre("m"));
}

TEST_P(QueueSuite, ends_a_long_poll_when_another_process_sends) {
  SKIP_UNLESS(is_shared)
  Queue& queue = make();
  Queue& other = world_->elsewhere();
  std::vector<net::awaitable<Result<std::vector<Message>>>> tasks;
  const auto send_one = [&]() -> net::awaitable<Result<std::vector<Message>>> {
    const std::vector<Outgoing> one{message("m")};
    const auto sent = co_await other.send(one);
    if (!sent) co_return fail(sent.error());
    co_return std::vector<Message>{};
  };
  tasks.push_back(queue.receive({10, kMaxWait, seconds{30}}));
  tasks.push_back(send_one());
  const auto results = world_->loop().wait_all(std::move(tasks));
  ASSERT_TRUE(results[0]);
  EXPECT_THAT(ids(*results[0]), ElementsAre("m"));
}

TEST_P(QueueSuite, gives_a_message_to_one_of_many_receivers_only) {
  Queue& queue = make();
  send_ids(queue, 0, 200);
  std::vector<net::awaitable<Result<std::vector<Message>>>> tasks;
  for (int i = 0; i < 40; ++i) {
    Queue& from = promises(&Promises::is_shared) && i % 2 == 1 ? world_->elsewhere() : queue;
    tasks.push_back(from.receive({5, seconds{0}, seconds{60}}));
  }
  std::multiset<std::string> all;
  for (const auto& received : world_->loop().wait_all(std::move(tasks))) {
    ASSERT_TRUE(received);
    for (const Message& m : *received) all.insert(m.id.value());
  }
  EXPECT_EQ(all.size(), 200U);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 200U);
}

TEST_P(QueueSuite, refuses_more_than_it_may_hold_and_takes_more_when_some_are_gone) {
  SKIP_UNLESS(limits_depth)
  Queue& queue = make({.max_receive_count = 0, .retention = std::chrono::hours{24}, .max_messages = 3});
  const auto outcomes = send(queue, {message("m0"), message("m1"), message("m2"), message("m3")});
  ASSERT_EQ(outcomes.size(), 4U);
  EXPECT_TRUE(outcomes[2]);
  ASSERT_FALSE(outcomes[3]);
  EXPECT_EQ(outcomes[3].error().code, Errc::kThrottled);
  EXPECT_TRUE(outcomes[3].error().retry_after.has_value());
  EXPECT_EQ(depth(queue).visible, 3);
  ASSERT_TRUE(remove(queue, receive(queue, 1).front().receipt));
  EXPECT_TRUE(send(queue, {message("m4")}).front());
}

#undef SKIP_UNLESS

}  // namespace pointsman::queue
