// SPDX-License-Identifier: Apache-2.0
//
// ticket/replies.h: the words that people get back, in their language. Pure. The result is Markdown for chat; every piece of
// a requester's text in it is escaped, and it never passes kLongestReply.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ticket/validation.h"

namespace pointsman {

inline constexpr std::size_t kLongestReply = 16 * 1024;  // bytes of `markdown` as a JSON string; Teams takes about 20 KB in all

struct Reply {
  std::string markdown;  // always present
  std::string title;     // the first line, Markdown; for cards
  bool good = false;     // filed, or answered; colours a card
  std::string card_text;     // the body without title and format block, Markdown; for cards
  std::string format_block;  // what can be copied, plain; may be empty
};

struct ReplyContext {
  const Rules& rules;
  std::string_view language;
};

Reply filed_reply(const ReplyContext& context, const Ticket& ticket);
Reply already_filed_reply(const ReplyContext& context, const Ticket& ticket);  // the same words again within the window
// Every fault in words, then the correct format, prefilled with what was understood.
Reply faults_reply(const ReplyContext& context, const std::vector<Fault>& faults, const Draft& draft);
Reply help_reply(const ReplyContext& context);
Reply status_reply(const ReplyContext& context, const Ticket& ticket);
Reply no_such_ticket_reply(const ReplyContext& context, TicketNumber number);
Reply mine_reply(const ReplyContext& context, const std::vector<Ticket>& tickets);
Reply not_stored_reply(const ReplyContext& context);    // our fault: please send it again
Reply uncertain_reply(const ReplyContext& context);     // our fault: it may be stored or not; please look before sending it again
Reply too_old_reply(const ReplyContext& context);       // refused as a replay

// One fault as a plain English sentence, for REST.
std::string describe(const Fault& fault);

}  // namespace pointsman
