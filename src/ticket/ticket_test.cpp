// SPDX-License-Identifier: Apache-2.0
#include "ticket/ticket.h"

#include <gmock/gmock.h>

namespace pointsman {
namespace {

using namespace std::chrono_literals;

Ticket example() {
  Ticket ticket;
  ticket.number = TicketNumber{1042};
  ticket.id = TicketId{"0190-7"};
  ticket.problem = "Printer \"A\\B\"";
  ticket.description = "line one\nline\ttwo\x01";
  ticket.priority = "high";
  ticket.stated_priority = "Urgent";
  ticket.category = "hardware";
  ticket.status = Status::kInProgress;
  ticket.queue = "high";
  ticket.source = "teams";
  ticket.team = "it";
  ticket.tenant = "t-1";
  ticket.requester = {"aad-1", "Müller, Ida"};
  ticket.assignee = "ada";
  ticket.fields = {{"Location", "2nd \"floor\""}, {"Asset", "PC-7"}};
  ticket.attachments = {"a.png", "b\".txt"};
  ticket.created_at = Instant{1'700'000'000'000ms};
  ticket.updated_at = Instant{1'700'000'000'123ms};
  return ticket;
}

TEST(TicketJson, holds_every_member_escaped) {
  EXPECT_EQ(
      to_json(example()),
      R"({"number":1042,"id":"0190-7","problem":"Printer \"A\\B\"","description":"line one\nline\u0009two\u0001","priority":"high",)"
      R"("stated_priority":"Urgent","category":"hardware","status":"in progress","queue":"high","source":"teams","team":"it","tenant":"t-1",)"
      R"("requester":{"id":"aad-1","name":"Müller, Ida"},"assignee":"ada","fields":{"Location":"2nd \"floor\"","Asset":"PC-7"},)"
      R"("attachments":["a.png","b\".txt"],"created_at":"2023-11-14T22:13:20.000Z","updated_at":"2023-11-14T22:13:20.123Z"})");
}

TEST(TicketJson, an_empty_ticket_is_valid_json) {
  EXPECT_EQ(
      to_json(Ticket{}),
      R"({"number":0,"id":"","problem":"","description":"","priority":"","stated_priority":"","category":"","status":"new","queue":"","source":"",)"
      R"("team":"","tenant":"","requester":{"id":"","name":""},"assignee":"","fields":{},"attachments":[],)"
      R"("created_at":"1970-01-01T00:00:00.000Z","updated_at":"1970-01-01T00:00:00.000Z"})");
}

TEST(TicketJson, a_queue_message_begins_with_the_schema) {
  EXPECT_THAT(to_json(example(), kTicketSchema), testing::StartsWith(R"({"schema":"pointsman.ticket/1","number":1042,)"));
}

TEST(Status, every_name_is_read_back) {
  for (const Status status : {Status::kNew, Status::kAssigned, Status::kInProgress, Status::kPending, Status::kResolved,
                              Status::kClosed, Status::kCancelled})
    EXPECT_EQ(parse_status(name(status)), status);
  EXPECT_EQ(parse_status("In Progress"), Status::kInProgress);
  EXPECT_EQ(parse_status("in_progress"), Status::kInProgress);
  EXPECT_EQ(parse_status("in-progress"), Status::kInProgress);
  EXPECT_EQ(parse_status("done"), std::nullopt);
  EXPECT_EQ(parse_status(""), std::nullopt);
}

}  // namespace
}  // namespace pointsman
