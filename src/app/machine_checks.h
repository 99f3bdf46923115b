// SPDX-License-Identifier: Apache-2.0
//
// app/machine_checks.h: looks at what the machine gives a server: a place for its data, space, time, an address. A look leaves nothing
// behind: no folder, no file, no change.
#pragma once

#include <cstdint>

#include "app/finding.h"
#include "base/clock.h"
#include "config/config.h"

namespace pointsman::app {

Finding check_data_directory(const config::Config& config);
Finding check_ledger(const config::Config& config);
Finding check_space(const config::Config& config);
Finding check_clock();

// Whether the address can be listened on. kWarning: something listens there already.
Finding check_address(const config::Server& server);

// The judgements behind check_space() and check_clock(). Pure.
Finding judge_space(std::uintmax_t free_bytes);
Finding judge_clock(Instant now, bool synchronised);

}  // namespace pointsman::app
