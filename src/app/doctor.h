// SPDX-License-Identifier: Apache-2.0
//
// app/doctor.h: `pointsman doctor`: checks configuration, data directory, disk space, clock, secrets, port and tunnel agent, and
// says how to mend each fault.
#pragma once

#include <string>

#include "app/globals.h"

namespace pointsman::app {

struct DoctorArgs {
  std::string listen;  // ADDRESS:PORT; empty: as configured
  std::string tunnel;  // also check this agent
};

// kDone when nothing stands in the way of serving.
int doctor(const Globals& globals, const DoctorArgs& args);

}  // namespace pointsman::app
