// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/signature.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/text.h"

namespace pointsman::teams {
namespace {

constexpr std::size_t kShortestKey = 16, kLongestKey = 128;  // bytes; Teams makes 32
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kSignatureChars = 44;  // kDigestBytes in base64
constexpr std::string_view kScheme = "HMAC";

constexpr std::array<std::int8_t, 256> make_base64_values() {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}
constexpr auto kBase64Values = make_base64_values();

// Standard alphabet, no blanks, no stray bits. The padding may be left out, but what stands of it must be right.
std::optional<std::string> decode_base64(std::string_view in) {
  std::size_t padding = 0;
  while (padding < 2 && in.ends_with('=')) {
    in.remove_suffix(1);
    ++padding;
  }
  if (in.size() % 4 == 1 || (padding > 0 && (in.size() + padding) % 4 != 0)) return std::nullopt;
  std::string out;
  out.reserve(in.size() * 3 / 4);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : in) {
    const int value = kBase64Values[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>((bits >> count) & 0xFF);
    }
  }
  if ((bits & ((1u << count) - 1)) != 0) return std::nullopt;
  return out;
}

using Digest = std::array<unsigned char, kDigestBytes>;

const unsigned char* bytes_of(std::string_view in) { return reinterpret_cast<const unsigned char*>(in.data()); }

Digest hmac_sha256(std::string_view key, std::string_view body) {
  Digest digest{};
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(body), body.size(), digest.data(), nullptr);
  return digest;
}

// The digest that the header claims; nothing when it is not of the form "HMAC <base64 of 32 bytes>".
std::optional<std::string> claimed_digest(std::string_view authorization) {
  authorization = text::trim(authorization);
  if (!text::equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  const std::string_view rest = authorization.substr(kScheme.size());
  const std::string_view encoded = text::trim(rest);
  if (rest.size() == encoded.size() || encoded.size() != kSignatureChars) return std::nullopt;
  std::optional<std::string> digest = decode_base64(encoded);
  if (!digest || digest->size() != kDigestBytes) return std::nullopt;
  return digest;
}

}  // namespace

Result<WebhookKey> WebhookKey::parse(std::string_view token) {
  static constexpr const char* kWhatToDo =
      "; paste the whole security token that Teams showed when the outgoing webhook was created: 44 characters ending in '='. It "
      "is shown only once: if it is lost, create the webhook again";
  token = text::trim(token);
  if (token.empty()) return fail(Errc::kInvalid, std::string("the Teams security token is empty") + kWhatToDo);
  std::optional<std::string> key = decode_base64(token);
  if (!key) return fail(Errc::kInvalid, std::string("the Teams security token is not base64") + kWhatToDo);
  if (key->size() < kShortestKey || key->size() > kLongestKey)
    return fail(Errc::kInvalid, "the Teams security token is too " + std::string(key->size() < kShortestKey ? "short" : "long") +
                                    kWhatToDo);
  return WebhookKey(Secret(std::move(*key)));
}

bool WebhookKey::signed_by(std::string_view body, std::string_view authorization) const {
  const std::optional<std::string> claimed = claimed_digest(authorization);
  if (!claimed) return false;
  const Digest digest = hmac_sha256(key_.reveal(), body);
  return equal_in_constant_time({reinterpret_cast<const char*>(digest.data()), digest.size()}, *claimed);
}

std::string WebhookKey::sign(std::string_view body) const {
  const Digest digest = hmac_sha256(key_.reveal(), body);
  std::array<unsigned char, kSignatureChars + 1> encoded{};  // and the NUL that OpenSSL writes
  EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
  return std::string(kScheme) + ' ' + std::string(reinterpret_cast<const char*>(encoded.data()), kSignatureChars);
}

bool signed_by_any(const std::vector<WebhookKey>& keys, std::string_view body, std::string_view authorization) {
  bool genuine = false;
  for (const WebhookKey& key : keys) genuine = key.signed_by(body, authorization) || genuine;
  return genuine;
}

}  // namespace pointsman::teams
