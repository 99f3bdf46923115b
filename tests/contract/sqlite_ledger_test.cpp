// SPDX-License-Identifier: Apache-2.0
#include <list>

#include "contract/ledger_suite.h"
#include "ledger/sqlite/schema.h"
#include "ledger/sqlite/sqlite_ledger.h"
#include "support/store.h"

namespace pointsman::ledger {
namespace {

// The table that stands for the queues.
constexpr const char* kWorkItems[] = {"CREATE TABLE work_item(seq INTEGER PRIMARY KEY, number INTEGER NOT NULL)"};

// One process's view of a file.
struct View {
  Filing filing;
  test::OpenStore store;
  SqliteLedger ledger;

  View(test::Loop& loop, const std::string& file, const Clock& clock, const Errc& refused)
      : filing([&refused](sqlite::Db& db, const Ticket& ticket) { return deposit(db, ticket, refused); }, clock),
        store(loop, file, {ledger_schema(), {"work_item", kWorkItems}}, hooks()),
        ledger(store.get(), filing, clock) {}

  sqlite::WriterHooks hooks() {
    sqlite::WriterHooks made;
    made.after_commit = [this](bool committed) { filing.after_commit(committed); };
    made.when_idle = SqliteLedger::index_in_idle;
    return made;
  }
  static Result<void> deposit(sqlite::Db& db, const Ticket& ticket, Errc refused) {
    auto insert = db.prepare("INSERT INTO work_item(number) VALUES(?1)");
    if (!insert) return fail(insert.error());
    if (auto done = insert->bind(1, ticket.number.value()).run(); !done) return done;
    return refused == Errc::kInternal ? Result<void>{} : fail(refused, "refused");
  }
};

class SqliteWorld final : public LedgerWorld {
 public:
  Ledger& ledger() override { return view(folder_.file("ledger.db"), here_); }
  Ledger& elsewhere() override { return view(folder_.file("ledger.db"), there_); }
  Ledger& open_backup(const std::string& path) override { return view(path, backup_); }
  Instant now() const override { return clock_.now(); }
  void pass(std::chrono::milliseconds time) override { clock_.advance(time); }
  void refuse_work_items(Errc code) override { refused_ = code; }
  std::string path_for(const std::string& name) override { return folder_.file(name); }
  test::Loop& loop() override { return loop_; }

  std::vector<std::int64_t> work_items() override {
    std::vector<std::int64_t> numbers;
    auto db = sqlite::Db::open(folder_.file("ledger.db"), sqlite::Access::kReadOnly, 2'000);
    auto select = (*db)->prepare("SELECT number FROM work_item ORDER BY seq");
    for (auto row = select->step(); row && *row; row = select->step()) numbers.push_back(select->integer(0));
    return numbers;
  }

 private:
  Ledger& view(const std::string& file, std::unique_ptr<View>& at) {
    if (!at) at = std::make_unique<View>(loop_, file, clock_, refused_);
    return at->ledger;
  }

  test::TempDir folder_;
  test::Loop loop_;
  ManualClock clock_{Instant{std::chrono::hours{24 * 20'000}}};
  Errc refused_ = Errc::kInternal;
  std::unique_ptr<View> here_, there_, backup_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, LedgerSuite, testing::Values([] { return std::make_unique<SqliteWorld>(); }));

}  // namespace
}  // namespace pointsman::ledger
