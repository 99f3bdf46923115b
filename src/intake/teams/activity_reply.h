// SPDX-License-Identifier: Apache-2.0
//
// intake/teams/activity_reply.h: a Reply as the Activity that Teams shows in the thread. Pure; always valid JSON, and never
// above kLongestActivity bytes, because a Reply holds at most kLongestReply.
#pragma once

#include <cstddef>
#include <string>

#include "ticket/replies.h"

namespace pointsman::teams {

inline constexpr std::size_t kLongestActivity = 20 * 1024;

std::string markdown_activity(const Reply& reply);

// The same as an Adaptive Card 1.4 of text blocks, with the first line as the summary for notifications.
std::string card_activity(const Reply& reply);

}  // namespace pointsman::teams
