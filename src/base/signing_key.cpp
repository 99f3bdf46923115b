// SPDX-License-Identifier: Apache-2.0
#include "base/signing_key.h"

#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "base/text.h"

namespace pointsman {
namespace {

constexpr std::array<std::int8_t, 256> make_base64_values() {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}
constexpr auto kBase64Values = make_base64_values();

constexpr std::string_view kWhatToDo =
    "; paste the whole security token that Teams showed when the outgoing webhook was created: 44 characters ending in '='. It is "
    "shown only once: if it is lost, create the webhook again";

}  // namespace

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

Result<Secret> parse_signing_key(std::string_view token) {
  token = text::trim(token);
  if (token.empty()) return fail(Errc::kInvalid, fmt::format("the Teams security token is empty{}", kWhatToDo));
  std::optional<std::string> key = decode_base64(token);
  if (!key) return fail(Errc::kInvalid, fmt::format("the Teams security token is not base64{}", kWhatToDo));
  if (key->size() < kShortestSigningKey) return fail(Errc::kInvalid, fmt::format("the Teams security token is too short{}", kWhatToDo));
  if (key->size() > kLongestSigningKey) return fail(Errc::kInvalid, fmt::format("the Teams security token is too long{}", kWhatToDo));
  return Secret(std::move(*key));
}

}  // namespace pointsman
