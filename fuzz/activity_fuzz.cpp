// SPDX-License-Identifier: Apache-2.0
// Any body that Teams, or somebody with its secret, could send: from the bytes to both forms of the reply.
#include "fuzz/check.h"
#include "fuzz/check_reply.h"
#include "fuzz/rules.h"
#include "intake/teams/activity.h"
#include "ticket/replies.h"

using namespace pointsman;

namespace {

Ticket to_ticket(const Message& message, const Content& content) {
  Ticket ticket;
  ticket.number = TicketNumber{1042};
  ticket.problem = content.problem;
  ticket.description = content.description;
  ticket.priority = ticket.queue = content.priority;
  ticket.stated_priority = content.stated_priority;
  ticket.fields = content.fields;
  ticket.requester = message.requester;
  ticket.attachments = message.attachments;
  return ticket;
}

void check_content(const Content& content) {
  fuzz::must_be_one_clean_line(content.problem);
  fuzz::must_be_one_clean_line(content.stated_priority);
  fuzz::must_be_plain_text(content.description);
  for (const Field& field : content.fields) fuzz::must_be_one_clean_line(field.value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Result<Message> message = teams::decode_activity({reinterpret_cast<const char*>(data), size});
  if (!message) return 0;
  fuzz::must_be_plain_text(message->text);
  for (const std::string* line : {&message->message_id, &message->conversation, &message->tenant, &message->requester.id,
                                  &message->requester.name, &message->locale})
    fuzz::must_be_one_clean_line(*line);
  for (const std::string& file : message->attachments) fuzz::must_be_one_clean_line(file);
  POINTSMAN_MUST(!message->requester.name.empty());

  const Draft draft = read_draft(message->text, message->locale, fuzz::rules().format);
  const ReplyContext context{fuzz::rules(), draft.language};
  const auto content = validate(draft, fuzz::rules());
  if (!content) {
    POINTSMAN_MUST(!content.error().empty());
    fuzz::must_be_safe_reply(faults_reply(context, content.error(), draft));
    return 0;
  }
  check_content(*content);
  const Ticket ticket = to_ticket(*message, *content);
  boost::json::error_code failed;
  boost::json::parse(to_json(ticket, kTicketSchema), failed);
  POINTSMAN_MUST(!failed);
  for (const Reply& reply : {filed_reply(context, ticket), already_filed_reply(context, ticket), status_reply(context, ticket),
                             mine_reply(context, {ticket, ticket})})
    fuzz::must_be_safe_reply(reply);
  return 0;
}
