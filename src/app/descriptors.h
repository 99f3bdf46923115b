// SPDX-License-Identifier: Apache-2.0
//
// app/descriptors.h: how many files and connections this process may have open at once.
#pragma once

#include <cstddef>

namespace pointsman::app {

// Raises the soft limit to the hard one, which needs no rights; how many there may be.
std::size_t raise_descriptor_limit();

// How many connections that leaves room for, beside the store, the log, a tunnel and certificates that are read again.
std::size_t connections_within(std::size_t descriptors, std::size_t wanted);

}  // namespace pointsman::app
