// SPDX-License-Identifier: Apache-2.0
#include "base/small_file.h"

#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temp_dir.h"

namespace pointsman {
namespace {

using testing::HasSubstr;

class SmallFile : public testing::Test {
 protected:
  test::TempDir folder_;
  std::string path_ = folder_.file("file");

  void write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }
};

TEST_F(SmallFile, comes_whole_with_every_byte) {
  const std::string text = std::string("a\0b\r\n", 5) + std::string(200'000, 'x');
  write(text);
  EXPECT_EQ(read_small_file(path_, 1'000'000).value(), text);
}

TEST_F(SmallFile, may_be_empty_and_as_long_as_the_limit) {
  write("");
  EXPECT_EQ(read_small_file(path_, 3).value(), "");
  write("abc");
  EXPECT_EQ(read_small_file(path_, 3).value(), "abc");
}

TEST_F(SmallFile, that_is_longer_or_never_ends_is_refused) {
  write("abcd");
  EXPECT_EQ(read_small_file(path_, 3).error().code, Errc::kFull);
  EXPECT_EQ(read_small_file("/dev/zero", 3).error().code, Errc::kFull);
}

TEST_F(SmallFile, that_is_none_says_so) {
  EXPECT_THAT(read_small_file(path_, 3).error().what, HasSubstr("No such file"));
  EXPECT_THAT(read_small_file(folder_.path().string(), 3).error().what, HasSubstr("directory"));
}

TEST_F(SmallFile, that_is_a_silent_pipe_is_given_up) {
  ASSERT_EQ(mkfifo(path_.c_str(), S_IRUSR | S_IWUSR), 0);
  EXPECT_THAT(read_small_file(path_, 3, std::chrono::milliseconds{1}).error().what, HasSubstr("nobody writes"));
}

TEST_F(SmallFile, may_come_through_a_pipe) {
  ASSERT_EQ(mkfifo(path_.c_str(), S_IRUSR | S_IWUSR), 0);
  std::thread writer([this] { write("from a pipe"); });
  const auto content = read_small_file(path_, 100, std::chrono::seconds{30});
  writer.join();
  ASSERT_TRUE(content) << content.error().what;
  EXPECT_EQ(*content, "from a pipe");
}

}  // namespace
}  // namespace pointsman
