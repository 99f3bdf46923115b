// SPDX-License-Identifier: Apache-2.0
// What a requester is told when it cannot be known whether the report is filed: neither that it is, nor that it is not.
#include <gmock/gmock.h>

#include "intake/intake.h"
#include "support/loop.h"

namespace pointsman::intake {
namespace {

using testing::HasSubstr;
using testing::Not;

// Fails to file with one error, as a slow or broken store would.
class FailingLedger final : public ledger::Ledger {
 public:
  Error error;
  std::chrono::milliseconds patience{0};

  net::awaitable<Result<ledger::Filed>> file(ledger::NewTicket ticket) override {
    patience = ticket.patience;
    co_return fail(error);
  }
  net::awaitable<Result<Ticket>> change(TicketNumber, ledger::Patch) override { co_return fail(error); }
  net::awaitable<Result<Ticket>> find(TicketNumber) override { co_return fail(error); }
  net::awaitable<Result<ledger::Page>> list(ledger::Query) override { co_return fail(error); }
  net::awaitable<Result<std::vector<ledger::Change>>> history(TicketNumber) override { co_return fail(error); }
  net::awaitable<Result<std::vector<Ticket>>> of_requester(std::string, std::string, int) override { co_return fail(error); }
  net::awaitable<Result<void>> backup(std::string) override { co_return Result<void>(fail(error)); }
  ledger::Health health() const override { return {}; }
};

class StoringDeadline : public testing::Test {
 protected:
  StoringDeadline() {
    rules_.priorities = built_in_priorities();
    rules_.format.languages = built_in_languages();
  }

  Answer file(Errc code) {
    ledger_.error = {code, "for the log", {}};
    Intake intake(ledger_, rules_, {.storing_deadline = std::chrono::milliseconds(1'234)}, clock_, metrics_);
    Message message;
    message.text = "Problem: x\nPriority: high\nDescription: y";
    return loop_.wait(intake.take(std::move(message)));
  }

  test::Loop loop_;
  FailingLedger ledger_;
  Rules rules_;
  SystemClock clock_;
  Metrics metrics_;
};

TEST_F(StoringDeadline, the_ledger_is_told_how_long_the_requester_can_wait) {
  file(Errc::kUnavailable);
  EXPECT_EQ(ledger_.patience, std::chrono::milliseconds(1'234));
}

TEST_F(StoringDeadline, what_was_not_begun_is_not_filed_and_said_to_be) {
  const Answer answer = file(Errc::kUnavailable);
  EXPECT_EQ(answer.outcome, Outcome::kNotStored);
  EXPECT_THAT(answer.reply.markdown, HasSubstr("nothing was filed"));
}

TEST_F(StoringDeadline, what_was_begun_is_uncertain_and_the_reply_says_how_to_see) {
  const Answer answer = file(Errc::kTimeout);
  EXPECT_EQ(answer.outcome, Outcome::kUncertain);
  EXPECT_THAT(answer.reply.markdown, HasSubstr("not certain yet"));
  EXPECT_THAT(answer.reply.markdown, HasSubstr("`mine`"));
  EXPECT_THAT(answer.reply.markdown, Not(HasSubstr("nothing was filed")));
  EXPECT_EQ(metrics_.counter("pointsman_intake_total", "", {{"outcome", "uncertain"}}).value(), 1u);
}

}  // namespace
}  // namespace pointsman::intake
