// SPDX-License-Identifier: Apache-2.0
//
// app/descriptors.h: which files this process has open from the start, and how many files and connections it may have at once.
#pragma once

#include <cstddef>

namespace pointsman::app {

// Fills what of standard input, output and error was closed by whoever started us with a file that takes nothing: else the next
// socket or file would get that number, and what is printed would go there.
void fill_standard_descriptors();

// Raises the soft limit to the hard one, which needs no rights; how many there may be.
std::size_t raise_descriptor_limit();

// How many connections that leaves room for, beside the store, the log, a tunnel and certificates that are read again.
std::size_t connections_within(std::size_t descriptors, std::size_t wanted);

}  // namespace pointsman::app
