// SPDX-License-Identifier: Apache-2.0
//
// base/result.h: errors are values. Every operation that can fail for a reason outside the program returns a Result.
//
// Exceptions mean a bug or no memory; they are caught at the task boundary and in main() only.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace pointsman {

enum class Errc {
  kInvalid,       // the caller's input is wrong; the same call can never succeed
  kNotFound,      // what was named does not exist
  kConflict,      // it changed meanwhile, or exists already
  kStaleReceipt,  // a later receive replaced this receipt
  kDenied,        // not allowed
  kThrottled,     // too much at once; wait retry_after, then the same call may succeed
  kUnavailable,   // a part this needs is out of service: locked, unreachable, shutting down
  kTimeout,       // no answer in time; whether it happened is unknown
  kFull,          // no space left, or a named limit is reached
  kCorrupt,       // stored data is damaged
  kInternal,      // a bug
};

// The stable lower-case name, for logs, metrics and JSON: "invalid", "not_found", ...
const char* name(Errc code) noexcept;

struct Error {
  Errc code = Errc::kInternal;
  std::string what;                                     // one sentence for the person who reads it: what, to what, what to do
  std::optional<std::chrono::milliseconds> retry_after{};  // where the other side told it

  // Whether the same call, unchanged, may succeed later.
  bool may_retry() const noexcept;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Errc code, std::string what) {
  return tl::unexpected<Error>(Error{code, std::move(what)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace pointsman
