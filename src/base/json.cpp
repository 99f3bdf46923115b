// SPDX-License-Identifier: Apache-2.0
//
// The one file that compiles Boost.JSON; everybody else includes <boost/json.hpp> for its declarations.
#include <boost/json/src.hpp>
