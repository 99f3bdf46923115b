// SPDX-License-Identifier: Apache-2.0
//
// What a page of tickets costs, in steps of SQLite's machine: a count that is the same on every machine.
#include <gtest/gtest.h>

#include "ledger/sqlite/listing.h"
#include "ledger/sqlite/schema.h"
#include "ledger/sqlite/search_index.h"
#include "ledger/sqlite/ticket_rows.h"
#include "support/steps.h"
#include "support/temp_dir.h"

namespace pointsman::ledger {
namespace {

class ListingCostTest : public testing::Test {
 protected:
  ListingCostTest() {
    db_ = std::move(*sqlite::Db::open(folder_.file("db"), sqlite::Access::kReadWrite, 0));
    EXPECT_TRUE(db_->execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL"));
    EXPECT_TRUE(sqlite::migrate(*db_, ledger_schema()));
  }
  // Of a hundred tickets two are low, one of them urgent work for "rare"; every one has the word printer.
  void fill(int count) {
    ASSERT_TRUE(db_->execute("BEGIN"));
    for (int i = 0; i < count; ++i) {
      Ticket ticket;
      ticket.problem = "Printer " + std::to_string(i % 7);
      ticket.priority = ticket.queue = i % 100 < 98 ? (i % 2 == 0 ? "high" : "medium") : "low";
      ticket.category = i % 100 == 99 ? "rare" : i % 3 == 0 ? "hardware" : "access";
      ticket.status = i % 5 == 0 ? Status::kClosed : Status::kNew;
      ASSERT_TRUE(insert_ticket(*db_, ticket, 0));
    }
    ASSERT_TRUE(db_->execute("COMMIT"));
  }
  void index_all() {
    ASSERT_TRUE(db_->execute("BEGIN"));
    for (Result<bool> more = true; more && *more;) more = index_some(*db_, 1'000);
    ASSERT_TRUE(db_->execute("COMMIT"));
  }
  std::int64_t cost(const Query& query) {
    EXPECT_TRUE(list_tickets(*db_, query));  // prepares the statements
    return test::steps(*db_, [&] {
      const auto page = list_tickets(*db_, query);
      ASSERT_TRUE(page);
      ASSERT_EQ(page->tickets.size(), 20U);
    });
  }

  static std::vector<Query> queries(std::int64_t tickets) {
    std::vector<Query> made;
    for (const bool deep : {false, true}) {
      Query query;
      query.limit = 20;
      if (deep) query.after = TicketNumber{tickets / 2 + 1'500};
      made.push_back(query);
      query.status = Status::kNew;
      made.push_back(query);
      query.priority = "low";
      made.push_back(query);
      query.category = "rare";
      query.status = {};
      made.push_back(query);
      query.priority = {};
      made.push_back(query);
    }
    return made;
  }

  test::TempDir folder_;
  std::unique_ptr<sqlite::Db> db_;
};

TEST_F(ListingCostTest, every_filter_and_every_page_costs_the_same_however_many_tickets_there_are) {
  fill(5'000);
  std::vector<std::int64_t> few;
  for (const Query& query : queries(5'000)) few.push_back(cost(query));
  fill(45'000);
  std::size_t i = 0;
  for (const Query& query : queries(50'000)) {
    EXPECT_LE(cost(query), few[i] * 12 / 10) << "query " << i;
    ++i;
  }
}

TEST_F(ListingCostTest, a_common_word_with_a_rare_facet_does_not_read_all_tickets_with_the_word) {
  fill(20'000);
  index_all();
  Query query;
  query.words = "printer";
  query.category = "rare";
  query.limit = 20;
  EXPECT_LE(cost(query), 20'000);  // steps; there are as many tickets with the word
}

TEST_F(ListingCostTest, a_search_without_patience_ends_after_a_block_and_its_pages_lead_to_everything) {
  const auto file = [this](const char* problem) {
    Ticket ticket;
    ticket.problem = problem;
    ASSERT_TRUE(insert_ticket(*db_, ticket, 0));
  };
  file("printer one");
  for (const std::int64_t block : {1, 2}) {  // numbers that were never given leave the block almost empty
    ASSERT_TRUE(db_->execute(("INSERT INTO ticket SELECT " + std::to_string(block * kSearchBlock) +
                              ", id, 'gap', '', '', '', '', 0, '', '', '', '', '', '', '', fields, attachments, 0, 0, 0 FROM ticket"
                              " WHERE number = 1").c_str()));
    file("scanner");
  }
  index_all();
  Query query;
  query.words = "printer";
  const auto patient = list_tickets(*db_, query, std::chrono::hours{1});
  ASSERT_TRUE(patient);
  EXPECT_EQ(patient->tickets.size(), 1U);
  EXPECT_FALSE(patient->next);
  int pages = 0;
  for (std::size_t found = 0; found == 0; ++pages) {
    const auto page = list_tickets(*db_, query, std::chrono::milliseconds{-1});
    ASSERT_TRUE(page);
    found = page->tickets.size();
    ASSERT_EQ(page->next.has_value(), found == 0);
    query.after = page->next;
  }
  EXPECT_EQ(pages, 3);
}

TEST_F(ListingCostTest, knowing_how_far_the_index_is_costs_the_same_however_many_tickets_there_are) {
  fill(100);
  index_all();
  const auto look = [this] {
    return test::steps(*db_, [this] {
      ASSERT_TRUE(newest_number(*db_));
      ASSERT_TRUE(index_some(*db_, 64));
    });
  };
  look();
  const std::int64_t few = look();
  fill(5'000);
  index_all();
  EXPECT_LE(look(), few);
}

TEST_F(ListingCostTest, a_step_of_the_index_takes_at_most_as_many_tickets_as_it_may) {
  fill(1'000);
  ASSERT_TRUE(db_->execute("BEGIN"));
  EXPECT_TRUE(*index_some(*db_, 64));
  ASSERT_TRUE(db_->execute("COMMIT"));
  EXPECT_EQ(indexed_to(*db_)->value(), 64);
}

}  // namespace
}  // namespace pointsman::ledger
