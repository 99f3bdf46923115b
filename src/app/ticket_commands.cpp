// SPDX-License-Identifier: Apache-2.0
#include "app/ticket_commands.h"

#include <charconv>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "app/session.h"
#include "app/table.h"
#include "desk/desk_json.h"
#include "intake/intake.h"

namespace pointsman::app {
namespace {

std::string_view colour_of(Status status) {
  switch (status) {
    case Status::kNew: return "\x1b[36m";
    case Status::kResolved:
    case Status::kClosed: return "\x1b[32m";
    case Status::kCancelled: return "\x1b[2m";
    default: return "\x1b[33m";
  }
}

std::string ticket_table(const ledger::Page& page) {
  Table table({{"NUMBER", Align::kRight, 12}, {"PRIORITY"}, {"STATUS"}, {"QUEUE"}, {"REQUESTER", Align::kLeft, 24}, {"FILED"},
               {"PROBLEM", Align::kLeft, 60}});
  for (const Ticket& ticket : page.tickets)
    table.add({fmt::format("#{}", ticket.number.value()), ticket.priority, name(ticket.status), ticket.queue, ticket.requester.name,
               format_rfc3339(ticket.created_at).substr(0, 16), ticket.problem});
  return table.text(is_terminal(STDOUT_FILENO));
}

std::string ticket_page(const Ticket& ticket, const std::vector<ledger::Change>& history) {
  const bool colours = is_terminal(STDOUT_FILENO);
  const std::string_view bold = colours ? "\x1b[1m" : "", plain = colours ? "\x1b[0m" : "";
  std::string out = fmt::format("{}#{}  {}{}\n", bold, ticket.number.value(), printable(ticket.problem), plain);
  const auto line = [&out](std::string_view label, std::string_view value) {
    if (!value.empty()) out += fmt::format("  {:<12}{}\n", label, printable(value));
  };
  line("Priority", ticket.priority == ticket.stated_priority
                       ? ticket.priority
                       : fmt::format("{} (requester said: {})", ticket.priority, ticket.stated_priority));
  out += fmt::format("  {:<12}{}{}{}\n", "Status", colours ? colour_of(ticket.status) : "", name(ticket.status), plain);
  line("Queue", ticket.queue);
  line("Category", ticket.category);
  line("Assignee", ticket.assignee);
  line("Requester", ticket.requester.name);
  line("Source", ticket.team.empty() ? ticket.source : ticket.source + "/" + ticket.team);
  for (const Field& field : ticket.fields) line(field.name, field.value);
  for (const std::string& file : ticket.attachments) line("Attached", file + " (stays where it was sent)");
  line("Id", ticket.id.value());
  out += "\n" + printable_lines(ticket.description) + "\n\n";
  for (const ledger::Change& change : history) {
    out += fmt::format("  {}  {}  {}", format_rfc3339(change.at), printable(change.who), change.what);
    if (!change.to.empty()) out += fmt::format(" {} -> {}", printable(change.from), printable(change.to));
    if (!change.why.empty()) out += fmt::format("  ({})", printable(change.why));
    out += '\n';
  }
  return out;
}

int wrong_use(const std::string& what) {
  fmt::print(stderr, "pointsman: {}\n", printable(what));
  return kWrongUse;
}

}  // namespace

int ticket_list(const Globals& globals, const TicketListArgs& args) {
  ledger::Query query;
  if (!args.status.empty()) {
    query.status = parse_status(args.status);
    if (!query.status)
      return wrong_use("--status is one of: new, assigned, in progress, pending, resolved, closed, cancelled.");
  }
  if (!args.priority.empty()) query.priority = args.priority;
  if (!args.category.empty()) query.category = args.category;
  query.words = args.words;
  query.limit = args.limit;
  if (args.after > 0) query.after = TicketNumber{args.after};
  const auto session = Session::open(globals);
  if (!session) return kFailed;
  const auto page = session->wait(session->stores().ledger().list(query));
  if (!page) return report_failure(globals, page.error());
  if (globals.json) {
    print(desk::page_json(*page) + "\n");
    return kDone;
  }
  if (page->tickets.empty()) {
    print("No tickets match.\n");
    return kDone;
  }
  print(ticket_table(*page));
  if (page->next) print(fmt::format("More: add --after {}\n", page->next->value()));
  return kDone;
}

int ticket_show(const Globals& globals, const std::string& number) {
  const std::string_view digits = std::string_view(number).substr(number.starts_with('#') ? 1 : 0);
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failed != std::errc{} || end != digits.data() + digits.size() || value < 1)
    return wrong_use("a ticket number looks like 1042 or '#1042'.");
  const auto session = Session::open(globals);
  if (!session) return kFailed;
  const auto ticket = session->wait(session->stores().ledger().find(TicketNumber{value}));
  if (!ticket) return report_failure(globals, ticket.error());
  if (globals.json) {
    print(to_json(*ticket) + "\n");
    return kDone;
  }
  const auto history = session->wait(session->stores().ledger().history(TicketNumber{value}));
  if (!history) return report_failure(globals, history.error());
  print(ticket_page(*ticket, *history));
  return kDone;
}

int ticket_file(const Globals& globals, const TicketFileArgs& args) {
  const auto session = Session::open(globals);
  if (!session) return kFailed;
  const Rules& rules = session->config().rules;
  intake::Intake intake(session->stores().ledger(), rules, {.same_words_window = session->config().intake.same_words_window},
                        session->clock(), session->metrics());
  Message origin;
  origin.source = "cli";
  const char* user = std::getenv("USER");
  const std::string who = !args.requester.empty() ? args.requester : user != nullptr ? user : "cli";
  origin.requester = {who, who};
  Draft draft;
  draft.language = rules.format.languages.front().language;
  if (!args.problem.empty()) draft.problem = args.problem;
  if (!args.priority.empty()) draft.priority = args.priority;
  if (!args.description.empty()) draft.description = args.description;
  for (const std::string& field : args.fields) {
    const std::size_t equals = field.find('=');
    if (equals == field.npos) return wrong_use("--field is given as NAME=VALUE, for example --field Location=Hamburg");
    draft.fields.push_back({field.substr(0, equals), field.substr(equals + 1)});
  }
  const auto answer = session->wait(intake.file(std::move(origin), std::move(draft)));
  if (answer.ticket) {
    const bool repeat = answer.outcome != intake::Outcome::kFiled;
    print(globals.json ? to_json(*answer.ticket) + "\n"
                       : fmt::format("{} as #{} on the queue {}.\n", repeat ? "Already filed" : "Filed",
                                     answer.ticket->number.value(), answer.ticket->queue));
    return kDone;
  }
  if (answer.error) return report_failure(globals, *answer.error);
  for (const Fault& fault : answer.faults) fmt::print(stderr, "pointsman: {}\n", printable(describe(fault)));
  return kWrongUse;
}

int backup(const Globals& globals, const std::string& path) {
  const auto session = Session::open(globals);
  if (!session) return kFailed;
  const auto done = session->wait(session->stores().ledger().backup(path));
  if (!done) return report_failure(globals, done.error());
  print(globals.json ? "{\"backup\":\"done\"}\n"
                     : fmt::format("Backed up to {}. To restore: stop the server, put this file in place of {}, start again.\n",
                                   printable(path), ledger_file(session->config())));
  return kDone;
}

}  // namespace pointsman::app
