// SPDX-License-Identifier: Apache-2.0
//
// intake/teams/activity.h: decodes the body of an outgoing-webhook call (a Bot Framework Activity) into a Message. Pure.
//
// Every field may be null, missing, empty or of another type; only a body that is no JSON object is refused.
#pragma once

#include <string_view>

#include "base/result.h"
#include "ticket/message.h"

namespace pointsman::teams {

// Fills all of Message but `team`. The text comes from the text/html attachment, which keeps the lines; else from `text`.
// kFull: it is nested deeper than `json_depth`.
Result<Message> decode_activity(std::string_view body, int json_depth = 32);

}  // namespace pointsman::teams
