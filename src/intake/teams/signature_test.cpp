// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/signature.h"

#include <gmock/gmock.h>

namespace pointsman::teams {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kToken = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";  // the bytes 0 to 31
constexpr std::string_view kOtherToken = "/////////////////////////////////////////w8=";
constexpr std::string_view kBody = R"({"type":"message","text":"Störung"})";

WebhookKey key(std::string_view token = kToken) { return std::move(*WebhookKey::parse(token)); }

TEST(WebhookKey, signs_as_rfc_4231_says) {
  // Test case 1: the key is 20 bytes of 0x0b, the data "Hi There".
  const WebhookKey rfc = key("CwsLCwsLCwsLCwsLCwsLCwsLCws=");
  EXPECT_EQ(rfc.sign("Hi There"), "HMAC sDRMYdjbOFNcqK/OrwvxK4gdwgDJgz2nJuk3bC4yz/c=");
  EXPECT_TRUE(rfc.signed_by("Hi There", rfc.sign("Hi There")));
}

TEST(WebhookKey, knows_its_own_signature_and_no_other) {
  const std::string signature = key().sign(kBody);
  EXPECT_EQ(signature.size(), 49u);
  EXPECT_TRUE(key().signed_by(kBody, signature));
  EXPECT_FALSE(key(kOtherToken).signed_by(kBody, signature));
  EXPECT_FALSE(key().signed_by(std::string(kBody) + " ", signature));
  EXPECT_FALSE(key().signed_by("", signature));
  EXPECT_TRUE(key().signed_by("", key().sign("")));
}

TEST(WebhookKey, every_single_changed_bit_of_body_or_signature_fails) {
  const std::string signature = key().sign(kBody);
  for (std::size_t i = 0; i < kBody.size() * 8; ++i) {
    std::string body{kBody};
    body[i / 8] = static_cast<char>(body[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(key().signed_by(body, signature)) << i;
  }
  constexpr std::size_t kSchemeBytes = 5;
  for (std::size_t i = kSchemeBytes * 8; i < signature.size() * 8; ++i) {
    std::string wrong = signature;
    wrong[i / 8] = static_cast<char>(wrong[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(key().signed_by(kBody, wrong)) << i;
  }
}

TEST(WebhookKey, takes_the_scheme_in_any_case_and_blanks_around) {
  const std::string value = key().sign(kBody).substr(5);
  for (const std::string& header :
       {"HMAC " + value, "hmac " + value, "Hmac " + value, "HMAC   " + value, " HMAC\t" + value + " "})
    EXPECT_TRUE(key().signed_by(kBody, header)) << header;
}

TEST(WebhookKey, refuses_every_other_form) {
  const std::string value = key().sign(kBody).substr(5);
  std::string url_alphabet = value;
  for (char& c : url_alphabet) c = c == '+' ? '-' : c == '/' ? '_' : c;
  for (const std::string& header : {std::string(),
                                    std::string(" "),
                                    std::string("HMAC"),
                                    std::string("HMAC "),
                                    value,
                                    "HMAC" + value,
                                    "HMAC:" + value,
                                    "HMAC-SHA256 " + value,
                                    "Bearer " + value,
                                    "Basic " + value,
                                    "HMAC " + value.substr(0, 43),
                                    "HMAC " + value.substr(0, 42),
                                    "HMAC " + value + "=",
                                    "HMAC " + value + value,
                                    "HMAC " + value.substr(0, 20) + " " + value.substr(20),
                                    "HMAC " + value + ", HMAC " + value,
                                    "HMAC \"" + value + "\"",
                                    "HMAC " + std::string(44, 'A'),
                                    "HMAC " + std::string(44, '='),
                                    "HMAC " + std::string(43, '\0') + "=",
                                    "HMAC " + std::string(1'000'000, 'A')})
    EXPECT_FALSE(key().signed_by(kBody, header)) << header.substr(0, 100);
  if (url_alphabet != value) {
    EXPECT_FALSE(key().signed_by(kBody, "HMAC " + url_alphabet));
  }
}

TEST(WebhookKey, refuses_a_second_spelling_of_the_same_signature) {
  std::string signature = key().sign(kBody);
  // The last letter before '=' carries two bits that no byte uses: with them set it would decode to the same bytes.
  ASSERT_EQ(signature.back(), '=');
  char& last = signature[signature.size() - 2];
  last = static_cast<char>(last + 1);
  EXPECT_FALSE(key().signed_by(kBody, signature));
}

TEST(SignedByAny, either_of_two_live_secrets_will_do) {
  const std::vector<WebhookKey> keys{key(), key(kOtherToken)};
  EXPECT_TRUE(signed_by_any(keys, kBody, keys[0].sign(kBody)));
  EXPECT_TRUE(signed_by_any(keys, kBody, keys[1].sign(kBody)));
  EXPECT_FALSE(signed_by_any(keys, kBody, key("CwsLCwsLCwsLCwsLCwsLCwsLCws=").sign(kBody)));
  EXPECT_FALSE(signed_by_any({}, kBody, keys[0].sign(kBody)));
}

TEST(WebhookKey, a_pasted_token_may_have_blanks_around_and_lack_its_padding) {
  for (const std::string& token : {std::string(kToken), " " + std::string(kToken) + "\n", std::string(kToken.substr(0, 43))})
    EXPECT_EQ(key(token).sign(kBody), key().sign(kBody)) << token;
}

TEST(WebhookKey, a_wrong_token_is_refused_with_what_to_do_and_without_the_token) {
  const std::vector<std::pair<std::string, std::string>> table{{"", "empty"},
                                                               {"   ", "empty"},
                                                               {"not base64!!", "not base64"},
                                                               {"AAEC AwQF", "not base64"},
                                                               {"AAECAwQF", "too short"},
                                                               {std::string(400, 'A'), "too long"},
                                                               {"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=", "not base64"},
                                                               {"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8==", "not base64"}};
  for (const auto& [token, why] : table) {
    const auto parsed = WebhookKey::parse(token);
    ASSERT_FALSE(parsed) << token;
    EXPECT_EQ(parsed.error().code, Errc::kInvalid);
    EXPECT_THAT(parsed.error().what, HasSubstr(why));
    EXPECT_THAT(parsed.error().what, HasSubstr("paste the whole security token"));
    if (token.size() > 5) {
      EXPECT_THAT(parsed.error().what, Not(HasSubstr(token)));
    }
  }
}

}  // namespace
}  // namespace pointsman::teams
