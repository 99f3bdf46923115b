// SPDX-License-Identifier: Apache-2.0
//
// tests/contract/ledger_suite.h: every promise of ledger/ledger.h as a test. To put an implementation under it, give a LedgerWorld:
//
//   class PostgresWorld final : public LedgerWorld { ... };
//   INSTANTIATE_TEST_SUITE_P(Postgres, LedgerSuite, testing::Values([] { return std::make_unique<PostgresWorld>(); }));
//
// Include it once in a program.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/ledger.h"
#include "support/loop.h"

namespace pointsman::ledger {

// The implementation with all it needs around it; new and empty for every test. Time stands still until pass().
class LedgerWorld {
 public:
  virtual ~LedgerWorld() = default;
  virtual Ledger& ledger() = 0;
  // The same ledger as another process sees it.
  virtual Ledger& elsewhere() = 0;
  virtual Instant now() const = 0;
  virtual void pass(std::chrono::milliseconds time) = 0;
  // The numbers of the tickets whose work item is stored, in order.
  virtual std::vector<std::int64_t> work_items() = 0;
  // From now on every work item is refused with this error; Errc::kInternal: none.
  virtual void refuse_work_items(Errc code) = 0;
  // A backup opened as a ledger; the world keeps it.
  virtual Ledger& open_backup(const std::string& path) = 0;
  virtual std::string path_for(const std::string& name) = 0;
  virtual test::Loop& loop() = 0;
};

using MakeLedgerWorld = std::function<std::unique_ptr<LedgerWorld>()>;

class LedgerSuite : public testing::TestWithParam<MakeLedgerWorld> {
 protected:
  LedgerSuite() : world_(GetParam()()), ledger_(world_->ledger()) {}

  NewTicket report(const std::string& problem = "Printer jammed", const std::string& priority = "high") {
    NewTicket made;
    Ticket& ticket = made.ticket;
    ticket.id = TicketId{"id-" + std::to_string(++made_)};
    ticket.problem = problem;
    ticket.description = "Error 13.\nSince noon.";
    ticket.priority = ticket.stated_priority = ticket.queue = priority;
    ticket.source = "teams";
    ticket.team = "it";
    ticket.tenant = "acme";
    ticket.requester = {"ada", "Ada Lovelace"};
    ticket.created_at = ticket.updated_at = world_->now();
    return made;
  }
  Filed file(NewTicket ticket) { return file_in(ledger_, std::move(ticket)); }
  Filed file_in(Ledger& ledger, NewTicket ticket) {
    auto filed = world_->loop().wait(ledger.file(std::move(ticket)));
    EXPECT_TRUE(filed) << (filed ? "" : filed.error().what);
    return filed ? *filed : Filed{};
  }
  Ticket find(TicketNumber number) {
    auto found = world_->loop().wait(ledger_.find(number));
    EXPECT_TRUE(found) << (found ? "" : found.error().what);
    return found ? *found : Ticket{};
  }
  Ticket change(TicketNumber number, Patch patch) {
    auto changed = world_->loop().wait(ledger_.change(number, std::move(patch)));
    EXPECT_TRUE(changed) << (changed ? "" : changed.error().what);
    return changed ? *changed : Ticket{};
  }
  std::vector<Change> history(TicketNumber number) {
    auto found = world_->loop().wait(ledger_.history(number));
    EXPECT_TRUE(found);
    return found ? *found : std::vector<Change>{};
  }
  Page list_in(Ledger& ledger, const Query& query) {
    auto page = world_->loop().wait(ledger.list(query));
    EXPECT_TRUE(page) << (page ? "" : page.error().what);
    return page ? *page : Page{};
  }
  // Every page of a query, newest first.
  std::vector<std::int64_t> all_in(Ledger& ledger, Query query) {
    std::vector<std::int64_t> numbers;
    for (;;) {
      const Page page = list_in(ledger, query);
      for (const Ticket& ticket : page.tickets) numbers.push_back(ticket.number.value());
      if (!page.next) return numbers;
      query.after = page.next;
    }
  }
  std::vector<std::int64_t> all(const Query& query = {}) { return all_in(ledger_, query); }
  std::vector<std::int64_t> search(const std::string& words) {
    Query query;
    query.words = words;
    return all(query);
  }

  std::unique_ptr<LedgerWorld> world_;
  Ledger& ledger_;
  int made_ = 0;
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(LedgerSuite, gives_back_a_ticket_as_it_was_filed) {
  NewTicket filing = report("L\xC3\xA4rm \"im\" <b>Haus</b>");
  filing.ticket.category = "hardware";
  filing.ticket.assignee = "bob";
  filing.ticket.fields = {{"Location", "Room \"7\""}, {"Asset", "\xF0\x9F\x96\xA8"}};
  filing.ticket.attachments = {"a b.png", "\xC3\xA9.txt"};
  const Filed filed = file(filing);
  EXPECT_EQ(filed.how, Filed::How::kNew);
  Ticket expected = filing.ticket;
  expected.number = filed.ticket.number;
  EXPECT_EQ(filed.ticket, expected);
  EXPECT_EQ(find(filed.ticket.number), expected);
}

TEST_P(LedgerSuite, counts_up_and_stores_the_work_item_of_each) {
  for (std::int64_t i = 1; i <= 5; ++i) EXPECT_EQ(file(report()).ticket.number.value(), i);
  EXPECT_THAT(world_->work_items(), ElementsAre(1, 2, 3, 4, 5));
}

TEST_P(LedgerSuite, files_side_by_side_without_a_gap_or_a_repeat) {
  std::vector<net::awaitable<Result<Filed>>> tasks;
  for (int i = 0; i < 200; ++i) tasks.push_back((i % 2 == 0 ? ledger_ : world_->elsewhere()).file(report()));
  std::set<std::int64_t> numbers;
  for (const auto& filed : world_->loop().wait_all(std::move(tasks))) {
    ASSERT_TRUE(filed) << filed.error().what;
    numbers.insert(filed->ticket.number.value());
  }
  EXPECT_EQ(numbers.size(), 200U);
  EXPECT_EQ(world_->work_items().size(), 200U);
  EXPECT_EQ(all().size(), 200U);
}

TEST_P(LedgerSuite, leaves_nothing_when_the_work_item_cannot_be_stored) {
  file(report());
  for (const Errc code : {Errc::kThrottled, Errc::kInvalid}) {
    world_->refuse_work_items(code);
    NewTicket refused = report();
    refused.delivery_key = "delivery";
    refused.words_hash = 99;
    refused.same_words_window = std::chrono::minutes{2};
    const auto filed = world_->loop().wait(ledger_.file(refused));
    ASSERT_FALSE(filed);
    EXPECT_EQ(filed.error().code, code);
  }
  EXPECT_THAT(all(), ElementsAre(1));
  world_->refuse_work_items(Errc::kInternal);
  NewTicket again = report("Other words");
  again.delivery_key = "delivery";
  again.words_hash = 99;
  again.same_words_window = std::chrono::minutes{2};
  EXPECT_EQ(file(again).how, Filed::How::kNew);
  EXPECT_THAT(world_->work_items(), ElementsAre(1, 2));
}

TEST_P(LedgerSuite, answers_the_same_delivery_the_same_for_ever) {
  NewTicket first = report();
  first.delivery_key = "m1 19:it";
  const Filed filed = file(first);
  change(filed.ticket.number,
         {.status = Status::kResolved, .priority = "low", .category = "hardware", .assignee = "bob", .who = "agent", .why = "done"});
  change(filed.ticket.number, {.status = Status::kClosed, .priority = {}, .category = {}, .assignee = {}, .who = "agent", .why = ""});
  world_->pass(std::chrono::hours{24 * 400});
  NewTicket repeated = report("What the second copy says does not count");
  repeated.delivery_key = first.delivery_key;
  for (Ledger* ledger : {&ledger_, &world_->elsewhere()}) {
    const Filed again = file_in(*ledger, repeated);
    EXPECT_EQ(again.how, Filed::How::kSameDelivery);
    EXPECT_EQ(again.ticket, filed.ticket);
  }
  EXPECT_THAT(world_->work_items(), ElementsAre(1));
}

TEST_P(LedgerSuite, files_one_ticket_when_the_same_delivery_comes_many_times_at_once) {
  std::vector<net::awaitable<Result<Filed>>> tasks;
  for (int i = 0; i < 50; ++i) {
    NewTicket copy = report();
    copy.delivery_key = "same";
    tasks.push_back((i % 2 == 0 ? ledger_ : world_->elsewhere()).file(copy));
  }
  int fresh = 0;
  for (const auto& filed : world_->loop().wait_all(std::move(tasks))) {
    ASSERT_TRUE(filed);
    EXPECT_EQ(filed->ticket.number.value(), 1);
    fresh += filed->how == Filed::How::kNew ? 1 : 0;
  }
  EXPECT_EQ(fresh, 1);
  EXPECT_THAT(world_->work_items(), ElementsAre(1));
}

TEST_P(LedgerSuite, takes_deliveries_without_a_name_as_different_ones) {
  EXPECT_EQ(file(report()).how, Filed::How::kNew);
  EXPECT_EQ(file(report()).how, Filed::How::kNew);
}

TEST_P(LedgerSuite, takes_the_same_words_within_the_window_as_the_same_ticket) {
  const auto said = [this](const std::string& key, std::uint64_t hash) {
    NewTicket made = report();
    made.delivery_key = key;
    made.words_hash = hash;
    made.same_words_window = std::chrono::seconds{120};
    return made;
  };
  const Filed first = file(said("m1", 7));
  EXPECT_EQ(file(said("m2", 8)).how, Filed::How::kNew);
  world_->pass(std::chrono::seconds{119});
  const Filed second = file(said("m3", 7));
  EXPECT_EQ(second.how, Filed::How::kSameWords);
  EXPECT_EQ(second.ticket, first.ticket);
  world_->pass(std::chrono::seconds{2});
  EXPECT_EQ(file(said("m4", 7)).how, Filed::How::kNew);
  // Each delivery keeps its own answer.
  EXPECT_EQ(file(said("m3", 7)).how, Filed::How::kSameWords);
  EXPECT_EQ(file(said("m3", 7)).ticket.number.value(), 1);
  EXPECT_EQ(file(said("m1", 7)).how, Filed::How::kSameDelivery);
  EXPECT_THAT(world_->work_items(), ElementsAre(1, 2, 3));
}

TEST_P(LedgerSuite, knows_the_words_that_another_process_filed) {
  NewTicket made = report();
  made.words_hash = 7;
  made.same_words_window = std::chrono::seconds{120};
  EXPECT_EQ(file(made).how, Filed::How::kNew);
  EXPECT_EQ(file_in(world_->elsewhere(), made).how, Filed::How::kSameWords);
  made.words_hash = 8;
  EXPECT_EQ(file_in(world_->elsewhere(), made).how, Filed::How::kNew);
  EXPECT_EQ(file(made).how, Filed::How::kSameWords);
}

TEST_P(LedgerSuite, does_not_look_at_words_without_a_hash_or_a_window) {
  NewTicket made = report();
  made.same_words_window = std::chrono::seconds{120};
  file(made);
  EXPECT_EQ(file(made).how, Filed::How::kNew);
  made.words_hash = 7;
  made.same_words_window = std::chrono::milliseconds{-1};
  file(made);
  EXPECT_EQ(file(made).how, Filed::How::kNew);
}

TEST_P(LedgerSuite, files_nothing_new_when_only_known_deliveries_are_wanted) {
  NewTicket known = report();
  known.delivery_key = "known";
  file(known);
  known.only_if_known = true;
  EXPECT_EQ(file(known).how, Filed::How::kSameDelivery);
  NewTicket unknown = report();
  unknown.delivery_key = "unknown";
  unknown.only_if_known = true;
  const auto refused = world_->loop().wait(ledger_.file(unknown));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kNotFound);
  EXPECT_THAT(all(), ElementsAre(1));
}

TEST_P(LedgerSuite, keeps_every_change_with_who_when_what_and_why) {
  const Filed filed = file(report());
  const TicketNumber number = filed.ticket.number;
  const Instant filed_at = world_->now();
  world_->pass(std::chrono::minutes{1});
  const Ticket after = change(number, {.status = Status::kAssigned, .priority = "low", .category = "hardware", .assignee = "bob",
                                       .who = "agent ada", .why = "it is only paper"});
  EXPECT_EQ(after.status, Status::kAssigned);
  EXPECT_EQ(after.priority, "low");
  EXPECT_EQ(after.stated_priority, "high");
  EXPECT_EQ(after.category, "hardware");
  EXPECT_EQ(after.assignee, "bob");
  EXPECT_EQ(after.updated_at, world_->now());
  EXPECT_EQ(after.created_at, filed_at);
  EXPECT_EQ(find(number), after);

  const auto changes = history(number);
  ASSERT_EQ(changes.size(), 5U);
  EXPECT_EQ(changes[0].what, "filed");
  EXPECT_EQ(changes[0].who, "Ada Lovelace");
  EXPECT_EQ(changes[0].at, filed_at);
  EXPECT_EQ(changes[0].to, "high");
  std::set<std::string> what;
  for (std::size_t i = 1; i < changes.size(); ++i) {
    what.insert(changes[i].what + ":" + changes[i].from + ">" + changes[i].to);
    EXPECT_EQ(changes[i].who, "agent ada");
    EXPECT_EQ(changes[i].why, "it is only paper");
    EXPECT_EQ(changes[i].at, world_->now());
  }
  EXPECT_THAT(what, testing::UnorderedElementsAre("status:new>assigned", "priority:high>low", "category:>hardware", "assignee:>bob"));
}

TEST_P(LedgerSuite, notes_nothing_when_nothing_differs) {
  const Filed filed = file(report());
  world_->pass(std::chrono::minutes{1});
  const Ticket same = change(filed.ticket.number, {.status = Status::kNew, .priority = "high", .category = {}, .assignee = {}, .who = "x", .why = "y"});
  EXPECT_EQ(same, filed.ticket);
  EXPECT_EQ(history(filed.ticket.number).size(), 1U);
}

TEST_P(LedgerSuite, changes_a_closed_ticket_only_by_reopening_it) {
  const TicketNumber number = file(report()).ticket.number;
  for (const Status over : {Status::kClosed, Status::kCancelled}) {
    change(number, {.status = over, .priority = {}, .category = {}, .assignee = {}, .who = "a", .why = ""});
    const auto refused = world_->loop().wait(
        ledger_.change(number, {.status = {}, .priority = "low", .category = {}, .assignee = {}, .who = "a", .why = ""}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::kConflict);
    EXPECT_EQ(change(number, {.status = Status::kNew, .priority = "low", .category = {}, .assignee = {}, .who = "a", .why = ""}).priority, "low");
  }
}

TEST_P(LedgerSuite, says_when_there_is_no_such_ticket) {
  file(report());
  for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{2}}) {
    const TicketNumber none{number};
    EXPECT_EQ(world_->loop().wait(ledger_.find(none)).error().code, Errc::kNotFound);
    EXPECT_EQ(world_->loop().wait(ledger_.history(none)).error().code, Errc::kNotFound);
    EXPECT_EQ(world_->loop().wait(ledger_.change(none, {})).error().code, Errc::kNotFound);
  }
}

TEST_P(LedgerSuite, lists_by_every_mixture_of_filters) {
  const std::vector<std::string> priorities{"high", "medium", "low"}, categories{"", "hardware", "access"};
  const std::vector<Status> statuses{Status::kNew, Status::kAssigned, Status::kClosed};
  std::vector<Ticket> made;
  for (int i = 0; i < 60; ++i) {
    NewTicket filing = report("Printer", priorities[static_cast<std::size_t>(i) % 3]);
    filing.ticket.category = categories[static_cast<std::size_t>(i / 3) % 3];
    Ticket ticket = file(filing).ticket;
    const Status status = statuses[static_cast<std::size_t>(i / 9) % 3];
    if (status != Status::kNew)
      ticket = change(ticket.number, {.status = status, .priority = {}, .category = {}, .assignee = {}, .who = "a", .why = ""});
    made.push_back(ticket);
  }
  for (int mask = 0; mask < 16; ++mask) {
    for (const int limit : {1, 7, 200}) {
      Query query;
      query.limit = limit;
      if (mask & 1) query.status = Status::kAssigned;
      if (mask & 2) query.priority = "low";
      if (mask & 4) query.category = "hardware";
      if (mask & 8) query.words = "printer error";
      std::vector<std::int64_t> expected;
      for (auto at = made.rbegin(); at != made.rend(); ++at)
        if ((!query.status || at->status == *query.status) && (!query.priority || at->priority == *query.priority) &&
            (!query.category || at->category == *query.category))
          expected.push_back(at->number.value());
      EXPECT_EQ(all(query), expected) << "mask " << mask << " limit " << limit;
    }
  }
  Query unfiled;
  unfiled.category = "";  // not categorised
  EXPECT_EQ(all(unfiled).size(), 21U);
  Query nothing;
  nothing.priority = "no such";
  EXPECT_THAT(all(nothing), IsEmpty());
}

TEST_P(LedgerSuite, says_that_a_page_is_the_last_exactly_when_it_is) {
  for (int i = 0; i < 10; ++i) file(report());
  Query query;
  query.limit = 5;
  const Page first = list_in(ledger_, query);
  ASSERT_TRUE(first.next);
  query.after = first.next;
  const Page last = list_in(ledger_, query);
  EXPECT_EQ(last.tickets.size(), 5U);
  EXPECT_FALSE(last.next);
  query.after = TicketNumber{1};
  EXPECT_THAT(list_in(ledger_, query).tickets, IsEmpty());
}

TEST_P(LedgerSuite, never_gives_a_page_larger_than_the_limit_allows) {
  for (int i = 0; i < kMaxPage + 5; ++i) file(report());
  Query query;
  query.limit = 1'000'000;
  EXPECT_EQ(list_in(ledger_, query).tickets.size(), static_cast<std::size_t>(kMaxPage));
  query.limit = -5;
  EXPECT_EQ(list_in(ledger_, query).tickets.size(), 1U);
}

TEST_P(LedgerSuite, pages_completely_and_without_repeats_while_tickets_are_filed) {
  for (int i = 0; i < 40; ++i) file(report("Printer", i % 2 == 0 ? "high" : "low"));
  for (const bool filtered : {false, true}) {
    for (const std::string words : {"", "printer"}) {
      Query query;
      query.limit = 3;
      query.words = words;
      if (filtered) query.priority = "high";
      std::vector<std::int64_t> seen;
      std::int64_t newest = 0;
      for (;;) {
        const Page page = list_in(ledger_, query);
        for (const Ticket& ticket : page.tickets) seen.push_back(ticket.number.value());
        if (newest == 0) newest = seen.front();
        if (!page.next) break;
        query.after = page.next;
        file_in(world_->elsewhere(), report("Printer", "high"));
      }
      for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_LT(seen[i], seen[i - 1]);
      Query whole;
      whole.limit = kMaxPage;
      whole.words = words;
      whole.priority = query.priority;
      whole.after = TicketNumber{newest + 1};
      EXPECT_EQ(seen, all(whole));
    }
  }
}

TEST_P(LedgerSuite, finds_words_in_problem_and_description_in_any_case_and_script) {
  NewTicket made = report("VPN-Zugang f\xC3\xBCr M\xC3\x9CLLER");
  made.ticket.description = "\xD0\x9D\xD0\xB5 \xD1\x80\xD0\xB0\xD0\xB1\xD0\xBE\xD1\x82\xD0\xB0\xD0\xB5\xD1\x82, code E1234.\nLast line: \"quoted\"";
  file(made);
  file(report("Something else"));
  for (const char* words : {"vpn", "ZUGANG", "vpn zugang", "zugang-vpn", "f\xC3\xBCr", "m\xC3\xBCller", "e1234", "quoted line",
                            "\xD0\xBD\xD0\xB5 \xD0\xA0\xD0\x90\xD0\x91\xD0\x9E\xD0\xA2\xD0\x90\xD0\x95\xD0\xA2", "  vpn\t\n"})
    EXPECT_THAT(search(words), ElementsAre(1)) << words;
  for (const char* words : {"vpn jammed", "zug", "e12345", "!!!", "\"", "vpn AND nothing", "NOT vpn", "vpn OR x", "words:vpn", "v*", "NEAR(vpn zugang)"})
    EXPECT_THAT(search(words), IsEmpty()) << words;
}

TEST_P(LedgerSuite, finds_a_ticket_by_what_it_is_now_after_a_change) {
  file(report("Printer"));
  file(report("Printer"));
  ASSERT_THAT(search("printer"), ElementsAre(2, 1));
  change(TicketNumber{1}, {.status = Status::kClosed, .priority = "low", .category = "paper", .assignee = {}, .who = "a", .why = ""});
  Query query;
  query.words = "printer";
  query.priority = "low";
  EXPECT_THAT(all(query), ElementsAre(1));
  query.priority = "high";
  EXPECT_THAT(all(query), ElementsAre(2));
  query.priority = {};
  query.status = Status::kClosed;
  query.category = "paper";
  EXPECT_THAT(all(query), ElementsAre(1));
}

TEST_P(LedgerSuite, finds_at_once_what_was_just_filed_however_much_it_was) {
  std::vector<net::awaitable<Result<Filed>>> tasks;
  for (int i = 0; i < 1'000; ++i) tasks.push_back(ledger_.file(report(i % 10 == 0 ? "Scanner" : "Printer")));
  for (const auto& filed : world_->loop().wait_all(std::move(tasks))) ASSERT_TRUE(filed);
  EXPECT_EQ(search("scanner").size(), 100U);
  EXPECT_EQ(all_in(world_->elsewhere(), {}).size(), 1'000U);
}

TEST_P(LedgerSuite, gives_a_requester_their_own_open_tickets_newest_first) {
  const auto by = [this](const std::string& tenant, const std::string& id) {
    NewTicket made = report();
    made.ticket.tenant = tenant;
    made.ticket.requester.id = id;
    return file(made).ticket.number;
  };
  const auto mine = [this](const std::string& tenant, const std::string& id, int limit) {
    std::vector<std::int64_t> numbers;
    const auto tickets = world_->loop().wait(ledger_.of_requester(tenant, id, limit));
    EXPECT_TRUE(tickets);
    if (tickets)
      for (const Ticket& ticket : *tickets) numbers.push_back(ticket.number.value());
    return numbers;
  };
  by("acme", "ada");
  by("other", "ada");
  by("acme", "bob");
  const TicketNumber closed = by("acme", "ada"), cancelled = by("acme", "ada"), resolved = by("acme", "ada");
  by("acme", "ada");
  change(closed, {.status = Status::kClosed, .priority = {}, .category = {}, .assignee = {}, .who = "a", .why = ""});
  change(cancelled, {.status = Status::kCancelled, .priority = {}, .category = {}, .assignee = {}, .who = "a", .why = ""});
  change(resolved, {.status = Status::kResolved, .priority = {}, .category = {}, .assignee = {}, .who = "a", .why = ""});
  EXPECT_THAT(mine("acme", "ada", 10), ElementsAre(7, 6, 1));
  EXPECT_THAT(mine("acme", "ada", 2), ElementsAre(7, 6));
  EXPECT_THAT(mine("other", "ada", 10), ElementsAre(2));
  EXPECT_THAT(mine("", "ada", 10), IsEmpty());
  EXPECT_THAT(mine("acme\x1f""ada", "", 10), IsEmpty());
}

TEST_P(LedgerSuite, writes_a_backup_that_is_a_ledger_while_work_goes_on) {
  for (int i = 0; i < 100; ++i) file(report(i % 2 == 0 ? "Printer" : "Scanner"));
  change(TicketNumber{7}, {.status = Status::kAssigned, .priority = {}, .category = {}, .assignee = {}, .who = "a", .why = "b"});
  const std::string path = world_->path_for("backup");
  std::vector<net::awaitable<Result<void>>> tasks;
  tasks.push_back(ledger_.backup(path));
  const auto file_more = [&]() -> net::awaitable<Result<void>> {
    for (int i = 0; i < 50; ++i) {
      const auto filed = co_await ledger_.file(report());
      if (!filed) co_return fail(filed.error());
    }
    co_return Result<void>{};
  };
  tasks.push_back(file_more());
  for (const auto& done : world_->loop().wait_all(std::move(tasks))) ASSERT_TRUE(done) << done.error().what;
  Ledger& copy = world_->open_backup(path);
  const auto copied = all_in(copy, {});
  ASSERT_GE(copied.size(), 100U);
  for (std::int64_t number = 1; number <= static_cast<std::int64_t>(copied.size()); ++number) {
    const auto there = world_->loop().wait(copy.find(TicketNumber{number}));
    ASSERT_TRUE(there);
    EXPECT_EQ(*there, find(TicketNumber{number}));
  }
  EXPECT_EQ(world_->loop().wait(copy.history(TicketNumber{7}))->size(), 2U);
  Query query;
  query.words = "scanner";
  EXPECT_EQ(all_in(copy, query).size(), 50U);
  EXPECT_EQ(file_in(copy, report()).ticket.number.value(), static_cast<std::int64_t>(copied.size()) + 1);
}

TEST_P(LedgerSuite, never_writes_a_backup_over_something) {
  file(report());
  const std::string path = world_->path_for("backup");
  ASSERT_TRUE(world_->loop().wait(ledger_.backup(path)));
  const auto again = world_->loop().wait(ledger_.backup(path));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::kConflict);
  const auto nowhere = world_->loop().wait(ledger_.backup(world_->path_for("no such folder") + "/backup"));
  EXPECT_FALSE(nowhere);
}

TEST_P(LedgerSuite, is_healthy_when_it_can_write) {
  file(report());
  EXPECT_TRUE(ledger_.health().can_write);
  EXPECT_EQ(ledger_.health().why, "");
}

}  // namespace pointsman::ledger
