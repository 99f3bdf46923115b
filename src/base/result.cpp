// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

namespace pointsman {

const char* name(Errc code) noexcept {
  switch (code) {
    case Errc::kInvalid: return "invalid";
    case Errc::kNotFound: return "not_found";
    case Errc::kConflict: return "conflict";
    case Errc::kStaleReceipt: return "stale_receipt";
    case Errc::kDenied: return "denied";
    case Errc::kThrottled: return "throttled";
    case Errc::kUnavailable: return "unavailable";
    case Errc::kTimeout: return "timeout";
    case Errc::kFull: return "full";
    case Errc::kCorrupt: return "corrupt";
    case Errc::kInternal: return "internal";
  }
  return "internal";
}

bool Error::may_retry() const noexcept {
  switch (code) {
    case Errc::kThrottled:
    case Errc::kUnavailable:
    case Errc::kTimeout:
    case Errc::kFull: return true;
    default: return false;
  }
}

}  // namespace pointsman
