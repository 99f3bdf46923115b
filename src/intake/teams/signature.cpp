// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/signature.h"

#include <array>
#include <cstddef>
#include <optional>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/signing_key.h"
#include "base/text.h"

namespace pointsman::teams {
namespace {

constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kSignatureChars = 44;  // kDigestBytes in base64
constexpr std::string_view kScheme = "HMAC";

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
  Result<Secret> key = parse_signing_key(token);
  if (!key) return fail(std::move(key.error()));
  return WebhookKey(std::move(*key));
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
