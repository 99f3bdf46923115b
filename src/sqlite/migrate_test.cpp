// SPDX-License-Identifier: Apache-2.0
#include "sqlite/migrate.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temp_dir.h"

namespace pointsman::sqlite {
namespace {

constexpr const char* kOne[] = {"CREATE TABLE a(x); INSERT INTO a VALUES(1);"};
constexpr const char* kTwo[] = {kOne[0], "CREATE TABLE b(x); INSERT INTO a VALUES(2);"};
constexpr const char* kBroken[] = {kOne[0], "CREATE TABLE b(x); INSERT INTO a VALUES(2); INSERT INTO nowhere VALUES(1);"};

class MigrateTest : public testing::Test {
 protected:
  std::unique_ptr<Db> open() {
    auto db = Db::open(folder_.file("db"), Access::kReadWrite, 5'000);
    EXPECT_TRUE(db);
    EXPECT_TRUE(prepare_connection(**db, 100));
    return std::move(*db);
  }
  test::TempDir folder_;
};

TEST_F(MigrateTest, makes_the_tables_of_a_new_file_and_nothing_twice) {
  auto db = open();
  ASSERT_TRUE(migrate(*db, {"part", kTwo}));
  ASSERT_TRUE(migrate(*db, {"part", kTwo}));
  EXPECT_EQ(*db->integer("SELECT count(*) FROM a"), 2);
}

TEST_F(MigrateTest, does_only_the_steps_that_are_new) {
  auto db = open();
  ASSERT_TRUE(migrate(*db, {"part", kOne}));
  ASSERT_TRUE(db->execute("DELETE FROM a"));
  ASSERT_TRUE(migrate(*db, {"part", kTwo}));
  EXPECT_EQ(*db->integer("SELECT sum(x) FROM a"), 2);
}

TEST_F(MigrateTest, keeps_the_versions_of_two_parts_apart) {
  constexpr const char* other[] = {"CREATE TABLE other(x)"};
  auto db = open();
  ASSERT_TRUE(migrate(*db, {"part", kTwo}));
  ASSERT_TRUE(migrate(*db, {"other", other}));
  EXPECT_EQ(*db->integer("SELECT version FROM schema_version WHERE part = 'part'"), 2);
  EXPECT_EQ(*db->integer("SELECT version FROM schema_version WHERE part = 'other'"), 1);
}

TEST_F(MigrateTest, refuses_a_file_from_a_newer_program_and_says_what_to_do) {
  auto db = open();
  ASSERT_TRUE(migrate(*db, {"part", kTwo}));
  const auto refused = migrate(*db, {"part", kOne});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kUnavailable);
  EXPECT_NE(refused.error().what.find("version 2"), std::string::npos);
  EXPECT_NE(refused.error().what.find("newer program"), std::string::npos);
}

TEST_F(MigrateTest, leaves_nothing_of_a_step_that_failed_half_way) {
  auto db = open();
  ASSERT_FALSE(migrate(*db, {"part", kBroken}));
  EXPECT_EQ(*db->integer("SELECT version FROM schema_version WHERE part = 'part'"), 1);
  EXPECT_EQ(*db->integer("SELECT count(*) FROM sqlite_schema WHERE name = 'b'"), 0);
  EXPECT_EQ(*db->integer("SELECT count(*) FROM a"), 1);
  ASSERT_TRUE(migrate(*db, {"part", kTwo}));
  EXPECT_EQ(*db->integer("SELECT count(*) FROM a"), 2);
}

TEST_F(MigrateTest, lets_many_processes_make_the_same_new_file) {
  for (int round = 0; round < 5; ++round) {
    const std::string file = folder_.file("db" + std::to_string(round));
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
      const pid_t child = fork();
      if (child == 0) {
        auto db = Db::open(file, Access::kReadWrite, 5'000);
        const bool good = db && prepare_connection(**db, 100) && migrate(**db, {"part", kTwo});
        if (!good && db) std::fprintf(stderr, "%s\n", (*db)->error("child").what.c_str());
        _exit(good ? 0 : 1);
      }
      children.push_back(child);
    }
    for (const pid_t child : children) {
      int status = -1;
      waitpid(child, &status, 0);
      EXPECT_EQ(status, 0);
    }
    auto db = Db::open(file, Access::kReadWrite, 5'000);
    EXPECT_EQ(*(*db)->integer("SELECT count(*) FROM a"), 2);
  }
}

TEST_F(MigrateTest, syncs_fully_and_keeps_a_log) {
  auto db = open();
  EXPECT_EQ(*db->integer("PRAGMA synchronous"), 2);  // FULL
  EXPECT_EQ(*db->integer("PRAGMA wal_autocheckpoint"), 0);
  auto mode = db->prepare_once("PRAGMA journal_mode");
  ASSERT_TRUE(mode && *mode->step());
  EXPECT_EQ(mode->view(0), "wal");
}

TEST_F(MigrateTest, says_that_a_file_is_no_ledger) {
  std::ofstream(folder_.file("db")) << std::string(10'000, 'x');
  auto db = Db::open(folder_.file("db"), Access::kReadWrite, 5'000);
  ASSERT_TRUE(db);
  const auto refused = prepare_connection(**db, 100);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kCorrupt);
  EXPECT_NE(refused.error().what.find("Restore a backup"), std::string::npos);
}

}  // namespace
}  // namespace pointsman::sqlite
