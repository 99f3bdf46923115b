// SPDX-License-Identifier: Apache-2.0
#include "sqlite/deadlines.h"

#include <functional>
#include <vector>

#include <gtest/gtest.h>

namespace pointsman::sqlite {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

class DeadlinesTest : public testing::Test {
 protected:
  struct Named final : Waiter {
    std::string name;
    std::function<void(const std::string&)> told;
    void give_up() override { told(name); }
  };
  Deadlines::Place wait(const std::string& name, std::chrono::milliseconds patience) {
    auto waiter = std::make_shared<Named>();
    waiter->name = name;
    waiter->told = [this](const std::string& who) {
      told_.push_back(who);
      if (then_) then_();
    };
    waiters_.push_back(waiter);
    return deadlines_->add(steady_clock::now() + patience, waiter);
  }

  boost::asio::io_context io_;
  std::shared_ptr<Deadlines> deadlines_ = std::make_shared<Deadlines>(io_);
  std::vector<std::shared_ptr<Waiter>> waiters_;
  std::vector<std::string> told_;
  std::function<void()> then_;
};

TEST_F(DeadlinesTest, tells_everybody_in_the_order_of_their_deadlines_whenever_they_came) {
  wait("third", 30ms);
  wait("second", 20ms);
  wait("first", 1ms);
  io_.run();
  EXPECT_EQ(told_, (std::vector<std::string>{"first", "second", "third"}));
}

TEST_F(DeadlinesTest, does_not_tell_who_was_removed_nor_keep_the_loop_for_nobody) {
  const auto patient = wait("patient", 24h);
  const auto impatient = wait("impatient", 1ms);
  deadlines_->remove(impatient);
  deadlines_->remove(patient);
  io_.run();  // ends at once: a test that hangs here has found a bug
  EXPECT_TRUE(told_.empty());
}

TEST_F(DeadlinesTest, goes_on_for_those_behind_one_that_was_removed) {
  const auto removed = wait("removed", 1ms);
  wait("left", 5ms);
  deadlines_->remove(removed);
  io_.run();
  EXPECT_EQ(told_, std::vector<std::string>{"left"});
}

TEST_F(DeadlinesTest, can_be_asked_again_by_who_is_told_and_after_the_last_was_told) {
  then_ = [this] {
    then_ = nullptr;
    wait("again", 1ms);
  };
  wait("first", 1ms);
  io_.run();
  io_.restart();
  wait("later", 1ms);
  io_.run();
  EXPECT_EQ(told_, (std::vector<std::string>{"first", "again", "later"}));
}

TEST_F(DeadlinesTest, passes_over_a_waiter_that_is_gone) {
  wait("gone", 1ms);
  waiters_.clear();
  wait("here", 2ms);
  io_.run();
  EXPECT_EQ(told_, std::vector<std::string>{"here"});
}

}  // namespace
}  // namespace pointsman::sqlite
