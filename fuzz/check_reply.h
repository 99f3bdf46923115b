// SPDX-License-Identifier: Apache-2.0
//
// fuzz/check_reply.h: what must hold of every reply.
#pragma once

#include <boost/json.hpp>

#include "fuzz/check.h"
#include "intake/teams/activity_reply.h"
#include "ticket/markdown.h"

namespace pointsman::fuzz {

inline void must_be_valid_activity(const std::string& activity) {
  POINTSMAN_MUST(activity.size() <= teams::kLongestActivity);
  boost::json::error_code failed;
  const boost::json::value parsed = boost::json::parse(activity, failed);
  POINTSMAN_MUST(!failed && parsed.is_object());
}

inline void must_be_safe_reply(const Reply& reply) {
  POINTSMAN_MUST(json_bytes(reply.markdown) <= kLongestReply);
  POINTSMAN_MUST(text::is_valid_utf8(reply.markdown));
  POINTSMAN_MUST(reply.format_block.find("```") == std::string::npos);
  for (const char c : reply.markdown) POINTSMAN_MUST(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
  must_be_valid_activity(teams::markdown_activity(reply));
  must_be_valid_activity(teams::card_activity(reply));
}

}  // namespace pointsman::fuzz
