// SPDX-License-Identifier: Apache-2.0
#include "queue/embedded/deposit.h"

namespace pointsman::queue {

Outgoing to_message(const Ticket& ticket) {
  Outgoing message;
  message.id = MessageId{ticket.id.value()};
  message.body = to_json(ticket, kTicketSchema);
  message.attributes = {{"ticket_number", std::to_string(ticket.number.value())},
                        {"ticket_id", ticket.id.value()},
                        {"priority", ticket.priority},
                        {"category", ticket.category},
                        {"source", ticket.source}};
  return message;
}

}  // namespace pointsman::queue
