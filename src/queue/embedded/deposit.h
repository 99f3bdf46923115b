// SPDX-License-Identifier: Apache-2.0
//
// queue/embedded/deposit.h: a ticket as the message that carries it to a queue.
#pragma once

#include "queue/queue.h"
#include "ticket/ticket.h"

namespace pointsman::queue {

// The id is the ticket's; the body its JSON; attributes ticket_number, ticket_id, priority, category, source.
Outgoing to_message(const Ticket& ticket);

}  // namespace pointsman::queue
