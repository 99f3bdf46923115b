// SPDX-License-Identifier: Apache-2.0
//
// base/ids.h: ids that cannot be mixed up. A StrongId is a value: it copies, compares and hashes like what it holds.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace pointsman {

template <class Tag, class Rep>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(Rep value) : value_(std::move(value)) {}
  const Rep& value() const noexcept { return value_; }
  auto operator<=>(const StrongId&) const = default;  // NOLINT(modernize-use-nullptr): a false one of clang-tidy 14

 private:
  Rep value_{};
};

// What people say: "#1042". Counts up within one ledger; never used again.
using TicketNumber = StrongId<struct TicketNumberTag, std::int64_t>;
// What machines say: a UUIDv7 in text form; the same from intake to every channel.
using TicketId = StrongId<struct TicketIdTag, std::string>;
// A queue message's id. For a ticket's message it equals the ticket's id.
using MessageId = StrongId<struct MessageIdTag, std::string>;
// Proof of one receive of one message.
using ReceiptHandle = StrongId<struct ReceiptHandleTag, std::string>;

// A new UUIDv7 (RFC 9562): milliseconds since the epoch, then 74 random bits from the operating system's generator.
// Thread-safe.
std::string new_uuid_v7(std::int64_t unix_ms);

}  // namespace pointsman

template <class Tag, class Rep>
struct std::hash<pointsman::StrongId<Tag, Rep>> {
  std::size_t operator()(const pointsman::StrongId<Tag, Rep>& id) const noexcept { return std::hash<Rep>{}(id.value()); }
};
