// SPDX-License-Identifier: Apache-2.0
#include "base/signing_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pointsman {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(SigningKeyTest, a_token_gives_the_bytes_it_encodes) {
  const auto key = parse_signing_key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  ASSERT_TRUE(key);
  ASSERT_EQ(key->reveal().size(), 32u);
  EXPECT_EQ(key->reveal()[0], '\0');
  EXPECT_EQ(key->reveal()[31], '\x1f');
}

TEST(SigningKeyTest, blanks_around_a_token_and_missing_padding_do_no_harm) {
  const auto padded = parse_signing_key("  AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
  const auto bare = parse_signing_key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
  ASSERT_TRUE(padded);
  ASSERT_TRUE(bare);
  EXPECT_EQ(padded->reveal(), bare->reveal());
}

TEST(SigningKeyTest, what_is_no_token_is_refused_without_being_quoted) {
  const std::string plain = "hunter2-hunter2-hunter2-hunter2!";
  for (const auto& [token, why] : {std::pair<std::string, std::string>{plain, "not base64"},
                                   {"", "empty"},
                                   {"c2hvcnQ=", "too short"},
                                   {std::string(176, 'A'), "too long"},
                                   {"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=", "not base64"},  // stray bits
                                   {"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8==", "not base64"}}) {
    const auto key = parse_signing_key(token);
    ASSERT_FALSE(key) << token;
    EXPECT_THAT(key.error().what, HasSubstr(why));
    EXPECT_THAT(key.error().what, Not(HasSubstr(plain)));
  }
}

TEST(SigningKeyTest, the_shortest_and_the_longest_key_are_taken) {
  EXPECT_TRUE(parse_signing_key("AAECAwQFBgcICQoLDA0ODw=="));                  // 16 bytes
  EXPECT_FALSE(parse_signing_key("AAECAwQFBgcICQoLDA0O"));                     // 15
  EXPECT_TRUE(parse_signing_key(std::string(171, 'A')));                       // 128
  EXPECT_FALSE(parse_signing_key(std::string(172, 'A')));                      // 129
}

}  // namespace
}  // namespace pointsman
