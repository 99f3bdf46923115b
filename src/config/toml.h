// SPDX-License-Identifier: Apache-2.0
//
// config/toml.h: toml++ as it is used here: its errors are values, like ours, and a file with "[ =" in it is one of them. (Version
// 3.3 asserts there what it checks a few lines on.)
#pragma once

#define TOML_EXCEPTIONS 0
#define TOML_ASSERT(expr) static_assert(true)
#include <toml++/toml.h>
