// SPDX-License-Identifier: Apache-2.0
//
// base/small_file.h: a whole file that a person named and that should be small: a configuration, a secret.
//
// Threads: any. Blocking, but ends: what stands there may be a pipe that nobody writes into, or a device without an end.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/result.h"

namespace pointsman {

// A directory, a pipe that stays silent for `patience` and a failing read are kUnavailable, more than `most` bytes kFull; `what` of
// the error says why and begins after the file's name.
Result<std::string> read_small_file(const std::string& path, std::size_t most,
                                    std::chrono::milliseconds patience = std::chrono::seconds{5});

}  // namespace pointsman
