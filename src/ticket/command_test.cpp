// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "ticket/format.h"

namespace pointsman {
namespace {

using Kind = Command::Kind;

TEST(ReadCommand, an_empty_message_or_a_word_for_it_asks_for_help) {
  for (const std::string said : {"", "  \n ", "help", "HELP", "Help!", "help.", "?", "/help", "Hilfe", "hilf mir", "aide",
                                 "Ayuda", "commands", "format"})
    EXPECT_EQ(read_command(said).kind, Kind::kHelp) << said;
}

TEST(ReadCommand, asks_for_ones_own_tickets) {
  for (const std::string said : {"mine", "Mine", "my tickets", "My Tickets?", "meine", "meine Tickets", "mes tickets",
                                 "mis tickets", "status", "Stand", "État", "estado"})
    EXPECT_EQ(read_command(said).kind, Kind::kMine) << said;
}

TEST(ReadCommand, asks_how_a_ticket_stands) {
  for (const std::string said :
       {"status #1042", "status 1042", "Status of #1042", "status ticket 1042", "status of ticket #1042", "STATUS\u00A0#1042?",
        "status#1042", "stand #1042", "Stand von Ticket 1042", "état 1042", "statut du ticket #1042", "estado del ticket 1042",
        "status nr. 1042", "status # 1042", "status\n#1042", "#1042", " #1042? "}) {
    const Command command = read_command(said);
    EXPECT_EQ(command.kind, Kind::kStatus) << said;
    EXPECT_EQ(command.number, TicketNumber{1042}) << said;
  }
}

TEST(ReadCommand, everything_else_is_a_report) {
  for (const std::string said : {"help me with my printer", "status of the printer", "status: new", "status #0", "status #-5",
                                 "status #12x", "status #1042 please", "status #99999999999999999999", "1042", "mine is broken",
                                 "statusbar 5", "#", "#12 is broken", "Problem: x\nPriority: high\nDescription: help", "helpp"})
    EXPECT_EQ(read_command(said).kind, Kind::kNone) << said;
  EXPECT_EQ(read_command("help" + std::string(100, '!')).kind, Kind::kNone);
}

}  // namespace
}  // namespace pointsman
