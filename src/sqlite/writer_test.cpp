// SPDX-License-Identifier: Apache-2.0
#include "sqlite/writer.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <latch>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "support/faulty_disk.h"
#include "support/store.h"

namespace pointsman::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSchema[] = {"CREATE TABLE t(x INTEGER PRIMARY KEY, body TEXT)"};

struct Nothing {};
using Outcome = Result<Nothing>;

class WriterTest : public testing::Test {
 protected:
  void open(WriterHooks hooks = {}, std::size_t max_waiting = 10'000) {
    store_.emplace(loop_, file_, std::vector<SchemaPart>{{"t", kSchema}}, std::move(hooks), max_waiting);
  }
  Writer& writer() { return store_->get().writer(); }

  static std::function<Outcome(Db&)> insert(std::int64_t x, std::size_t bytes = 10) {
    return [x, bytes](Db& db) -> Outcome {
      auto statement = db.prepare("INSERT INTO t VALUES(?1, ?2)");
      if (!statement) return fail(statement.error());
      const std::string body(bytes, 'x');
      if (auto done = statement->bind(1, x).bind(2, body).run(); !done) return fail(done.error());
      return Nothing{};
    };
  }
  net::awaitable<Outcome> task(std::function<Outcome(Db&)> work) { return run<Nothing>(writer(), std::move(work)); }
  Outcome write(std::int64_t x) { return loop_.wait(task(insert(x))); }

  // Begins the tasks while the writer is held, so that all of them gather behind it.
  std::vector<Outcome> write_gathered(std::vector<std::function<Outcome(Db&)>> works) {
    std::promise<void> go;
    std::vector<net::awaitable<Outcome>> tasks;
    tasks.push_back(task([held = go.get_future().share()](Db&) -> Outcome {
      held.wait();
      return Nothing{};
    }));
    // The first task is taken by the writer alone, because the others are submitted only once it runs.
    for (auto& work : works) tasks.push_back(task(std::move(work)));
    boost::asio::post(loop_.io(), [this, &go] {
      boost::asio::post(loop_.io(), [&go] { go.set_value(); });
    });
    auto outcomes = loop_.wait_all(std::move(tasks));
    outcomes.erase(outcomes.begin());
    return outcomes;
  }
  std::uint64_t commits(const char* result) {
    return store_->metrics().counter("pointsman_commits_total", "Transactions by result.", {{"result", result}}).value();
  }
  std::int64_t log_pages() { return store_->metrics().gauge("pointsman_log_pages", "Pages in the write-ahead log.").value(); }
  std::int64_t rows() {
    auto db = Db::open(file_, Access::kReadOnly, 5'000);
    const auto count = (*db)->integer("SELECT count(*) FROM t");
    EXPECT_TRUE(count) << count.error().what;
    return count ? *count : -1;
  }
  // Waits until the writer finds by itself that storing works again.
  bool recovers() {
    for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60}; std::chrono::steady_clock::now() < end;) {
      if (writer().health().good) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return false;
  }

  test::TempDir folder_;
  test::Loop loop_;
  std::string file_ = folder_.file("db");
  std::optional<test::FaultyDisk> disk_;
  std::optional<test::OpenStore> store_;  // before the disk it writes to
};

TEST_F(WriterTest, commits_what_has_gathered_at_once) {
  open();
  std::vector<std::function<Outcome(Db&)>> works;
  for (int i = 0; i < 500; ++i) works.push_back(insert(i));
  for (const Outcome& outcome : write_gathered(std::move(works))) EXPECT_TRUE(outcome);
  EXPECT_EQ(rows(), 500);
  EXPECT_LE(commits("done"), 2U);
}

TEST_F(WriterTest, undoes_the_one_job_that_fails_and_keeps_the_others) {
  open();
  std::vector<std::function<Outcome(Db&)>> works;
  works.push_back(insert(1));
  works.push_back([](Db& db) -> Outcome {
    if (auto done = insert(2)(db); !done) return done;
    return fail(Errc::kNotFound, "after it wrote something");
  });
  works.push_back(insert(1));  // exists already
  works.push_back(insert(3));
  const auto outcomes = write_gathered(std::move(works));
  EXPECT_TRUE(outcomes[0]);
  EXPECT_EQ(outcomes[1].error().code, Errc::kNotFound);
  EXPECT_EQ(outcomes[2].error().code, Errc::kConflict);
  EXPECT_TRUE(outcomes[3]);
  EXPECT_EQ(rows(), 2);
  EXPECT_TRUE(writer().health().good);
}

TEST_F(WriterTest, refuses_at_once_what_is_beyond_the_limit_and_takes_more_later) {
  open({}, 5);
  std::vector<std::function<Outcome(Db&)>> works;
  for (int i = 0; i < 50; ++i) works.push_back(insert(i));
  std::int64_t stored = 0;
  for (const Outcome& outcome : write_gathered(std::move(works))) {
    if (outcome) {
      ++stored;
      continue;
    }
    EXPECT_EQ(outcome.error().code, Errc::kThrottled);
    EXPECT_TRUE(outcome.error().retry_after.has_value());
  }
  EXPECT_GE(stored, 4);  // five, with the task that holds the writer
  EXPECT_LE(stored, 9);  // five more, when the writer took the first five before the others came
  EXPECT_EQ(rows(), stored);
  EXPECT_TRUE(write(1'000));
}

TEST_F(WriterTest, finishes_what_waits_when_it_ends) {
  open();
  std::vector<net::awaitable<Outcome>> tasks;
  for (int i = 0; i < 100; ++i) boost::asio::co_spawn(loop_.io(), task(insert(i)), [](std::exception_ptr, Outcome) {});
  loop_.io().restart();
  loop_.io().poll();
  store_.reset();
  EXPECT_EQ(rows(), 100);
}

TEST_F(WriterTest, fails_every_job_of_a_commit_that_the_disk_did_not_sync_and_leaves_no_trace) {
  test::FaultyDisk& disk = disk_.emplace();
  open();
  ASSERT_TRUE(write(1));
  disk.fail_sync = true;
  for (const Outcome& outcome : write_gathered({insert(2), insert(3)})) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::kUnavailable);
    EXPECT_NE(outcome.error().what.find("dmesg"), std::string::npos);
  }
  EXPECT_FALSE(writer().health().good);
  EXPECT_FALSE(writer().health().why.empty());
  EXPECT_EQ(rows(), 1);
  EXPECT_GE(commits("failed"), 1U);
  disk.fail_sync = false;
  EXPECT_TRUE(recovers());
  EXPECT_TRUE(write(2));
  EXPECT_EQ(rows(), 2);
  store_.reset();
}

TEST_F(WriterTest, refuses_on_a_full_disk_and_goes_on_when_there_is_space) {
  std::signal(SIGXFSZ, SIG_IGN);
  open();
  ASSERT_TRUE(write(1));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{fs::file_size(file_ + "-wal"), before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const Outcome refused = loop_.wait(task(insert(2, 100'000)));
  const WriterHealth full = writer().health();
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kFull) << refused.error().what;
  EXPECT_NE(refused.error().what.find("space"), std::string::npos);
  EXPECT_FALSE(full.good);
  EXPECT_TRUE(recovers());
  EXPECT_EQ(rows(), 1);
  EXPECT_TRUE(write(2));
}

TEST_F(WriterTest, refuses_while_another_process_holds_the_lock_and_goes_on_after_it) {
  open();
  ASSERT_TRUE(write(1));
  auto other = Db::open(file_, Access::kReadWrite, 0);
  ASSERT_TRUE((*other)->execute("BEGIN IMMEDIATE"));
  const Outcome refused = write(2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kUnavailable);
  EXPECT_NE(refused.error().what.find("locked"), std::string::npos);
  EXPECT_FALSE(writer().health().good);
  ASSERT_TRUE((*other)->execute("ROLLBACK"));
  EXPECT_TRUE(recovers());
  EXPECT_TRUE(write(2));
}

TEST_F(WriterTest, refuses_when_its_file_was_moved_away_and_goes_on_when_it_is_back) {
  open();
  ASSERT_TRUE(write(1));
  fs::rename(file_, file_ + ".away");
  const Outcome refused = write(2);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("moved"), std::string::npos);
  fs::rename(file_ + ".away", file_);
  EXPECT_TRUE(recovers());
  EXPECT_TRUE(write(2));
  EXPECT_EQ(rows(), 2);
}

TEST_F(WriterTest, stores_nothing_in_a_damaged_file_until_it_is_whole_again) {
  open();
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(loop_.wait(task(insert(i, 3'000))));
  store_.reset();  // everything lies in the file now
  std::string whole;
  {
    std::ifstream in(file_, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(in), {});
  }
  open();
  const auto overwrite = [&](const std::string& bytes) {
    std::fstream out(file_, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(4096);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  };
  overwrite(std::string(whole.size() - 4096, '\x5A'));
  const auto read_all = [](Db& db) -> Outcome {
    auto sum = db.integer("SELECT sum(length(body)) FROM t");
    if (!sum) return fail(sum.error());
    return Nothing{};
  };
  std::function<Outcome(Db&)> work = read_all;
  const Outcome read = loop_.wait(run<Nothing>(store_->get().readers(), std::move(work)));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::kCorrupt);
  EXPECT_TRUE(writer().health().damaged);
  const Outcome refused = write(1'000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kCorrupt);
  EXPECT_NE(refused.error().what.find("Restore a backup"), std::string::npos);
  overwrite(whole.substr(4096));
  EXPECT_TRUE(recovers());
  EXPECT_TRUE(write(1'000));
  EXPECT_EQ(rows(), 51);
}

TEST_F(WriterTest, finds_out_about_a_full_disk_when_somebody_asks_for_its_health) {
  std::signal(SIGXFSZ, SIG_IGN);
  open();
  ASSERT_TRUE(write(1));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{1, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  bool noticed = false;
  for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60}; !noticed && std::chrono::steady_clock::now() < end;) {
    noticed = !writer().health().good;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_TRUE(noticed);
  EXPECT_TRUE(recovers());
}

TEST_F(WriterTest, keeps_the_log_small_while_it_writes_without_a_pause) {
  open();
  constexpr int kRounds = 130, kJobs = 50;
  constexpr std::size_t kBytes = 40'000;  // a round: 2 MB
  std::uintmax_t largest = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<net::awaitable<Outcome>> tasks;
    for (int i = 0; i < kJobs; ++i) tasks.push_back(task(insert(round * kJobs + i, kBytes)));
    for (const Outcome& outcome : loop_.wait_all(std::move(tasks))) ASSERT_TRUE(outcome);
    largest = std::max(largest, fs::file_size(file_ + "-wal"));
  }
  constexpr std::uintmax_t kPage = 4'096;
  EXPECT_LT(largest, 2 * kMostLogPages * kPage);  // of twice that
}

TEST_F(WriterTest, lets_the_log_start_over_once_a_long_read_has_ended) {
  open();
  ASSERT_TRUE(write(-1));
  auto reader = Db::open(file_, Access::kReadOnly, 0);
  ASSERT_TRUE((*reader)->execute("BEGIN"));
  ASSERT_EQ(*(*reader)->integer("SELECT count(*) FROM t"), 1);
  int x = 0;
  for (; log_pages() < 2 * kCheckpointPages; ++x) ASSERT_TRUE(loop_.wait(task(insert(x, 100'000))));
  ASSERT_EQ(*(*reader)->integer("SELECT count(*) FROM t"), 1);  // still the old state
  ASSERT_TRUE((*reader)->execute("COMMIT"));
  const int most = x + 2'000;
  for (; x < most && log_pages() >= kCheckpointPages; ++x) ASSERT_TRUE(loop_.wait(task(insert(x, 100'000))));
  EXPECT_LT(log_pages(), kCheckpointPages);
  EXPECT_EQ(rows(), x + 1);
}

TEST_F(WriterTest, does_idle_work_step_by_step_even_though_jobs_keep_coming) {
  std::atomic<int> steps{0};
  WriterHooks hooks;
  hooks.when_idle = [&steps](Db&) -> Result<bool> { return ++steps < 5; };
  open(std::move(hooks));
  for (int x = 0; steps < 5 && x < 20'000; ++x) ASSERT_TRUE(write(x));
  EXPECT_GE(steps, 5);
}

TEST_F(WriterTest, a_checkpoint_that_could_not_be_synced_leaves_all_in_the_log) {
  test::FaultyDisk& disk = disk_.emplace();
  open();
  constexpr std::size_t kBytes = 1'000'000;
  int x = 0;
  disk.fail_sync_of_database = true;
  for (; log_pages() < kLogCeilingPages + kGrownPages; ++x) ASSERT_TRUE(loop_.wait(task(insert(x, kBytes))));
  disk.fail_sync_of_database = false;  // a sync that succeeds now says nothing about the one that failed
  const std::int64_t before = log_pages();
  for (const int end = x + 10; x < end; ++x) ASSERT_TRUE(loop_.wait(task(insert(x, kBytes))));
  EXPECT_GT(log_pages(), before);
  EXPECT_EQ(rows(), x);
  store_.reset();
}

TEST_F(WriterTest, loses_nothing_acknowledged_in_a_power_cut) {
  test::FaultyDisk& disk = disk_.emplace();
  open();
  constexpr int kRows = 700;
  constexpr std::size_t kBytes = 20'000;  // so that several checkpoints happen
  for (int x = 0; x < kRows; ++x) {
    ASSERT_TRUE(loop_.wait(task(insert(x, kBytes))));
    if (x % 23 != 0 && x != kRows - 1) continue;
    const test::TempDir after;
    disk.cut_power(folder_.path().string(), after.path().string());
    auto db = Db::open(after.file("db"), Access::kReadWrite, 0);
    ASSERT_TRUE(db);
    const auto count = (*db)->integer("SELECT count(*) FROM t");
    ASSERT_TRUE(count) << count.error().what;
    ASSERT_GE(*count, x + 1);
    auto check = (*db)->prepare_once("PRAGMA integrity_check(1)");
    ASSERT_TRUE(check && *check->step());
    ASSERT_EQ(check->view(0), "ok");
  }
  EXPECT_GT(disk.syncs, kRows);
  store_.reset();
}

}  // namespace
}  // namespace pointsman::sqlite
