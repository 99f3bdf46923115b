// SPDX-License-Identifier: Apache-2.0
// The use case on a real ledger: what becomes of a message, and what is answered.
#include "intake/intake.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "ledger/sqlite/schema.h"
#include "ledger/sqlite/sqlite_ledger.h"
#include "support/loop.h"
#include "support/temp_dir.h"

namespace pointsman::intake {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

const std::string kReport = "Problem: printer jammed\nPriority: high\nDescription: since noon";

class IntakeTest : public testing::Test {
 protected:
  void SetUp() override {
    sqlite::WriterHooks hooks;
    hooks.after_commit = [this](bool committed) { filing_.after_commit(committed); };
    auto store = sqlite::Store::open(loop_.io(), {.path = dir_.file("ledger.db"), .schema = {ledger::ledger_schema()}},
                                     std::move(hooks), metrics_, log_);
    ASSERT_TRUE(store) << store.error().what;
    store_ = std::move(*store);
    ledger_ = std::make_unique<ledger::SqliteLedger>(*store_, filing_, clock_);
    open_intake({});
  }

  void open_intake(Options options) { intake_ = std::make_unique<Intake>(*ledger_, rules_, options, clock_, metrics_); }

  Message message(const std::string& text) {
    Message message;
    message.source = "teams";
    message.team = "it";
    message.tenant = "acme";
    message.conversation = "19:c;messageid=1";
    message.message_id = std::to_string(++last_id_);
    message.requester = {"aad-ada", "Ada"};
    message.text = text;
    message.sent_at = clock_.now();
    return message;
  }

  Answer take(Message message) { return loop_.wait(intake_->take(std::move(message))); }
  Answer take(const std::string& text) { return take(message(text)); }

  std::size_t filed() {
    const auto page = loop_.wait(ledger_->list({}));
    EXPECT_TRUE(page);
    return page ? page->tickets.size() : 999;
  }

  test::TempDir dir_;
  test::Loop loop_;
  ManualClock clock_{Instant{1'700'000'000'000ms}};
  Metrics metrics_;
  Logger log_{STDERR_FILENO, Logger::Form::kJson, LogLevel::kError, clock_};
  Rules rules_{{built_in_languages(),
                {{.name = "Category", .labels = {}, .required = false, .allowed = {}},
                 {.name = "Asset", .labels = {}, .required = false, .allowed = {}}}},
               {{"high", {"urgent", "hoch"}, "express"}, {"low", {}, "slow"}},
               {}};
  ledger::Filing filing_{[](sqlite::Db&, const Ticket&) -> Result<void> { return {}; }, clock_};
  std::unique_ptr<sqlite::Store> store_;
  std::unique_ptr<ledger::SqliteLedger> ledger_;
  std::unique_ptr<Intake> intake_;
  int last_id_ = 0;
};

TEST_F(IntakeTest, a_complete_report_becomes_a_ticket_on_the_queue_of_its_priority) {
  Message report = message("Category: Hardware\nProblem: printer\njammed\nPriority: URGENT!\nDescription: since noon\n\n- a");
  report.attachments = {"error.png"};
  const Answer answer = take(report);
  EXPECT_EQ(answer.outcome, Outcome::kFiled);
  EXPECT_THAT(answer.reply.markdown, HasSubstr("**#" + std::to_string(answer.ticket->number.value()) + "**"));
  EXPECT_THAT(answer.reply.markdown, HasSubstr("**express**"));
  const auto stored = loop_.wait(ledger_->find(answer.ticket->number));
  ASSERT_TRUE(stored);
  EXPECT_EQ(*stored, *answer.ticket);
  EXPECT_EQ(stored->problem, "printer jammed");
  EXPECT_EQ(stored->description, "since noon\n\n- a");
  EXPECT_EQ(stored->priority, "high");
  EXPECT_EQ(stored->stated_priority, "URGENT!");
  EXPECT_EQ(stored->queue, "express");
  EXPECT_EQ(stored->requester, (Person{"aad-ada", "Ada"}));
  EXPECT_EQ(stored->fields, (std::vector<Field>{{"Category", "Hardware"}}));
  EXPECT_EQ(stored->attachments, (std::vector<std::string>{"error.png"}));
  EXPECT_EQ(stored->created_at, clock_.now());
}

TEST_F(IntakeTest, the_same_delivery_gets_the_same_answer_for_ever) {
  const Message report = message(kReport);
  const Answer first = take(report);
  clock_.advance(24h * 365);
  const Answer again = take(report);  // by now far too old to be filed, but it is
  EXPECT_EQ(again.outcome, Outcome::kSameDelivery);
  EXPECT_EQ(again.reply.markdown, first.reply.markdown);
  EXPECT_EQ(again.ticket->number, first.ticket->number);
  EXPECT_EQ(filed(), 1u);
}

TEST_F(IntakeTest, one_message_id_in_two_conversations_or_teams_is_two_deliveries) {
  open_intake({.same_words_window = 0ms});
  Message report = message(kReport);
  take(report);
  report.conversation = "19:other";
  EXPECT_EQ(take(report).outcome, Outcome::kFiled);
  report.team = "hr";
  EXPECT_EQ(take(report).outcome, Outcome::kFiled);
  EXPECT_EQ(take(report).outcome, Outcome::kSameDelivery);
  EXPECT_EQ(filed(), 3u);
}

TEST_F(IntakeTest, the_same_words_from_the_same_person_are_already_filed_for_two_minutes) {
  const Answer first = take(kReport);
  clock_.advance(119s);
  const Answer again = take("problem:  Printer JAMMED\n\npriority: high\ndescription: since\nnoon");
  EXPECT_EQ(again.outcome, Outcome::kSameWords);
  EXPECT_EQ(again.ticket->number, first.ticket->number);
  EXPECT_THAT(again.reply.markdown, HasSubstr("Already filed as **#" + std::to_string(first.ticket->number.value()) + "**"));
  EXPECT_EQ(filed(), 1u);
  clock_.advance(2s);
  EXPECT_EQ(take(kReport).outcome, Outcome::kFiled);
  EXPECT_EQ(filed(), 2u);
}

TEST_F(IntakeTest, other_words_or_another_person_are_another_ticket) {
  take(kReport);
  Message report = message(kReport);
  report.requester.id = "aad-bob";
  EXPECT_EQ(take(report).outcome, Outcome::kFiled);
  report = message(kReport);
  report.tenant = "other";
  EXPECT_EQ(take(report).outcome, Outcome::kFiled);
  for (const std::string& text : {kReport + " more", kReport + "\nCategory: x", kReport + "\nAsset: x",
                                  std::string("Problem: printer\nPriority: high\nDescription: jammed since noon"),
                                  std::string("Problem: printer jammed\nPriority: low\nDescription: since noon")})
    EXPECT_EQ(take("Category: \n" + text).outcome, Outcome::kFiled) << text;
  EXPECT_EQ(filed(), 8u);
}

TEST_F(IntakeTest, a_window_of_nothing_files_the_same_words_again) {
  open_intake({.same_words_window = 0ms});
  take(kReport);
  EXPECT_EQ(take(kReport).outcome, Outcome::kFiled);
}

TEST_F(IntakeTest, a_message_above_the_age_limit_is_refused_as_a_replay) {
  open_intake({.max_message_age = 60s});
  Message old = message(kReport);
  Message question = message("mine");
  clock_.advance(60s);
  EXPECT_EQ(take(message("status")).outcome, Outcome::kAnswered);
  Message at_limit = old;
  clock_.advance(1ms);
  const Answer answer = take(old);
  EXPECT_EQ(answer.outcome, Outcome::kTooOld);
  EXPECT_THAT(answer.reply.markdown, HasSubstr("too old"));
  EXPECT_EQ(take(question).outcome, Outcome::kTooOld);
  EXPECT_EQ(filed(), 0u);
  at_limit.sent_at = clock_.now() - 60s;
  EXPECT_EQ(take(at_limit).outcome, Outcome::kFiled);
  Message undated = message("Problem: a\nPriority: low\nDescription: b");
  undated.sent_at.reset();
  EXPECT_EQ(take(undated).outcome, Outcome::kFiled);
  open_intake({.max_message_age = 0ms});
  old = message("Problem: other\nPriority: low\nDescription: b");
  old.sent_at = clock_.now() - 24h * 3650;
  EXPECT_EQ(take(old).outcome, Outcome::kFiled);
}

TEST_F(IntakeTest, a_faulty_report_files_nothing_and_tells_every_fault) {
  const Answer answer = take("Problem: x\nPriority: hihg");
  EXPECT_EQ(answer.outcome, Outcome::kFaults);
  ASSERT_EQ(answer.faults.size(), 2u);
  EXPECT_THAT(answer.reply.markdown, HasSubstr("**Description** is missing"));
  EXPECT_THAT(answer.reply.format_block, HasSubstr("Problem: x\n"));
  EXPECT_EQ(filed(), 0u);
}

TEST_F(IntakeTest, a_bare_mention_or_help_gets_the_format_in_the_locale_of_the_client) {
  for (const std::string text : {"", "help", "Hilfe!"}) {
    Message question = message(text);
    question.locale = "de-DE";
    const Answer answer = take(question);
    EXPECT_EQ(answer.outcome, Outcome::kHelp);
    EXPECT_THAT(answer.reply.markdown, HasSubstr("Priorität: (high | low)"));
  }
}

TEST_F(IntakeTest, answers_in_the_language_of_the_labels) {
  EXPECT_THAT(take("Problem: x\nPriorität: hoch\nBeschreibung: y").reply.markdown, HasSubstr("Aufgenommen als"));
}

TEST_F(IntakeTest, status_and_mine_are_answered_to_the_requester_within_the_tenant_only) {
  const std::int64_t number = take(kReport).ticket->number.value();
  const std::string question = "status #" + std::to_string(number);
  EXPECT_THAT(take(question).reply.markdown, HasSubstr("printer jammed"));
  EXPECT_THAT(take("mine").reply.markdown, HasSubstr("printer jammed"));
  for (const auto& [tenant, id] : std::vector<std::pair<std::string, std::string>>{
           {"acme", "aad-bob"}, {"other", "aad-ada"}, {"", "aad-ada"}, {"acme", ""}}) {
    Message other = message(question);
    other.tenant = tenant;
    other.requester.id = id;
    EXPECT_THAT(take(other).reply.markdown, testing::AllOf(HasSubstr("I know no ticket"), Not(HasSubstr("printer"))));
    other.text = "mine";
    EXPECT_THAT(take(other).reply.markdown, HasSubstr("no open tickets"));
  }
  EXPECT_THAT(take("status #99999").reply.markdown, HasSubstr("I know no ticket **#99999**"));
}

TEST_F(IntakeTest, mine_leaves_out_what_is_closed) {
  const TicketNumber number = take(kReport).ticket->number;
  ledger::Patch patch;
  patch.status = Status::kClosed;
  patch.who = "agent";
  ASSERT_TRUE(loop_.wait(ledger_->change(number, patch)));
  EXPECT_THAT(take("mine").reply.markdown, HasSubstr("no open tickets"));
  EXPECT_THAT(take("status #" + std::to_string(number.value())).reply.markdown, HasSubstr("**closed**"));
}

TEST_F(IntakeTest, a_draft_given_field_by_field_is_judged_and_cleaned_like_a_message) {
  Draft draft;
  draft.problem = "two\nlines\u202E";
  draft.priority = "low";
  draft.description = "a\r\nb";
  draft.language = "en";
  const Answer answer = loop_.wait(intake_->file(message("is not looked at"), draft));
  ASSERT_EQ(answer.outcome, Outcome::kFiled);
  EXPECT_EQ(answer.ticket->problem, "two lines");
  EXPECT_EQ(answer.ticket->description, "a\nb");
}

TEST_F(IntakeTest, counts_every_outcome) {
  Message report = message(kReport);
  take(report);
  take(report);
  take(kReport);
  take("x");
  take("help");
  take("mine");
  for (const std::string outcome : {"filed", "same_delivery", "same_words", "faults", "help", "answered"})
    EXPECT_THAT(metrics_.text(), HasSubstr("pointsman_intake_total{outcome=\"" + outcome + "\"} 1\n"));
  EXPECT_THAT(metrics_.text(), HasSubstr("pointsman_intake_total{outcome=\"not_stored\"} 0\n"));
}

// A ledger out of service, in the way it is told to be.
class BrokenLedger final : public ledger::Ledger {
 public:
  explicit BrokenLedger(Errc code) : error_{code, "the disk is full; make room", {}} {}
  ledger::net::awaitable<Result<ledger::Filed>> file(ledger::NewTicket) override { co_return fail(error_); }
  ledger::net::awaitable<Result<Ticket>> change(TicketNumber, ledger::Patch) override { co_return fail(error_); }
  ledger::net::awaitable<Result<Ticket>> find(TicketNumber) override { co_return fail(error_); }
  ledger::net::awaitable<Result<ledger::Page>> list(ledger::Query) override { co_return fail(error_); }
  ledger::net::awaitable<Result<std::vector<ledger::Change>>> history(TicketNumber) override { co_return fail(error_); }
  ledger::net::awaitable<Result<std::vector<Ticket>>> of_requester(std::string, std::string, int) override {
    co_return fail(error_);
  }
  ledger::net::awaitable<Result<void>> backup(std::string) override { co_return fail(error_); }
  ledger::Health health() const override { return {.can_write = false, .why = error_.what}; }

 private:
  Error error_;
};

TEST_F(IntakeTest, what_cannot_be_stored_is_told_and_the_reason_is_for_the_log_only) {
  for (const Errc code : {Errc::kFull, Errc::kUnavailable, Errc::kCorrupt, Errc::kThrottled}) {
    BrokenLedger broken(code);
    Intake intake(broken, rules_, {}, clock_, metrics_);
    for (const std::string& text : {kReport, std::string("mine"), std::string("status #1")}) {
      const Answer answer = loop_.wait(intake.take(message(text)));
      EXPECT_EQ(answer.outcome, code == Errc::kThrottled ? Outcome::kOverloaded : Outcome::kNotStored) << name(code) << text;
      ASSERT_TRUE(answer.error);
      EXPECT_EQ(answer.error->code, code);
      EXPECT_FALSE(answer.ticket);
      EXPECT_THAT(answer.reply.markdown, testing::AllOf(HasSubstr("send it again"), Not(HasSubstr("disk"))));
    }
  }
}

TEST(OutcomeName, every_outcome_has_one) {
  for (const Outcome outcome : {Outcome::kFiled, Outcome::kSameDelivery, Outcome::kSameWords, Outcome::kFaults, Outcome::kHelp,
                                Outcome::kAnswered, Outcome::kTooOld, Outcome::kOverloaded, Outcome::kNotStored})
    EXPECT_STRNE(name(outcome), "unknown");
}

}  // namespace
}  // namespace pointsman::intake
