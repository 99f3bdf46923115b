// SPDX-License-Identifier: Apache-2.0
#include "app/ticket_commands.h"

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "app/session.h"
#include "app/table.h"
#include "base/text.h"
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

constexpr const char* kNumberLooksLike = "a ticket number looks like 1042 or '#1042'.";

// "1042" or "#1042"
std::optional<TicketNumber> parse_number(std::string_view given) {
  given.remove_prefix(given.starts_with('#') ? 1 : 0);
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (failed != std::errc{} || end != given.data() + given.size() || value < 1) return std::nullopt;
  return TicketNumber{value};
}

constexpr std::size_t kLongestName = 200;  // characters of --requester

std::string current_user() {
  const char* user = std::getenv("USER");
  return user != nullptr && *user != '\0' ? user : "cli";
}

// One answer typed by a person; nothing at the end of the input.
std::optional<std::string> ask(const std::string& question) {
  fmt::print(stderr, "{}", question);
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

// Asks for what was not given, when a person sits there.
void ask_for_missing(const Rules& rules, TicketFileArgs& args) {
  if (args.problem.empty()) args.problem = ask("Problem: ").value_or("");
  if (args.priority.empty()) {
    std::string levels;
    for (const PriorityLevel& level : rules.priorities) levels += (levels.empty() ? "" : ", ") + level.name;
    args.priority = ask(fmt::format("Priority ({}): ", levels)).value_or("");
  }
  if (!args.description.empty()) return;
  fmt::print(stderr, "Description (an empty line ends it):\n");
  for (auto line = ask(""); line && !line->empty(); line = ask("")) args.description += *line + "\n";
}

Result<Draft> to_draft(const TicketFileArgs& args, const Rules& rules) {
  Draft draft;
  draft.language = rules.format.languages.front().language;
  if (!args.problem.empty()) draft.problem = text::one_line(args.problem);
  if (!args.priority.empty()) draft.priority = text::one_line(args.priority);
  if (!args.description.empty()) draft.description = text::plain_lines(args.description);
  for (const std::string& field : args.fields) {
    const std::size_t equals = field.find('=');
    if (equals == field.npos) return fail(Errc::kInvalid, "--field is given as NAME=VALUE, for example --field Location=Hamburg");
    draft.fields.push_back({text::one_line(field.substr(0, equals)), text::one_line(field.substr(equals + 1))});
  }
  return draft;
}

int report_faults(const Globals& globals, const std::vector<Fault>& faults) {
  boost::json::array list;
  for (const Fault& fault : faults) {
    list.push_back({{"field", fault.field}, {"code", name(fault.code)}, {"message", describe(fault)}});
    if (!globals.json) fmt::print(stderr, "pointsman: {}\n", printable(describe(fault)));
  }
  if (globals.json) fmt::print(stderr, "{}\n", safe_json(boost::json::serialize(boost::json::object{{"errors", std::move(list)}})));
  return kWrongUse;
}

}  // namespace

int ticket_list(const Globals& globals, const TicketListArgs& args) {
  ledger::Query query;
  if (!args.status.empty()) {
    query.status = parse_status(args.status);
    if (!query.status)
      return report_wrong_use(globals, "--status is one of: new, assigned, in progress, pending, resolved, closed, cancelled.");
  }
  if (!args.priority.empty()) query.priority = args.priority;
  if (!args.category.empty()) query.category = args.category;
  query.words = args.words;
  query.limit = args.limit;
  if (!args.after.empty()) {
    query.after = parse_number(args.after);
    if (!query.after) return report_wrong_use(globals, kNumberLooksLike);
  }
  const auto session = Session::open(globals);
  if (!session) return kFailed;
  const auto page = session->wait(session->stores().ledger().list(query));
  if (!page) return report_failure(globals, page.error());
  if (globals.json) {
    print_json(desk::page_json(*page));
    return kDone;
  }
  if (page->tickets.empty()) print(page->next ? "None of the newer tickets match.\n" : "No tickets match.\n");
  else print(ticket_table(*page));
  if (page->next) print(fmt::format("More: add --after {}\n", page->next->value()));
  return kDone;
}

int ticket_show(const Globals& globals, const std::string& number) {
  const auto parsed = parse_number(number);
  if (!parsed) return report_wrong_use(globals, kNumberLooksLike);
  const auto session = Session::open(globals);
  if (!session) return kFailed;
  const auto ticket = session->wait(session->stores().ledger().find(*parsed));
  if (!ticket) return report_failure(globals, ticket.error());
  if (globals.json) {
    print_json(to_json(*ticket));
    return kDone;
  }
  const auto history = session->wait(session->stores().ledger().history(*parsed));
  if (!history) return report_failure(globals, history.error());
  print(ticket_page(*ticket, *history));
  return kDone;
}

int ticket_file(const Globals& globals, TicketFileArgs args) {
  const std::string who = printable(text::one_line(args.requester.empty() ? current_user() : args.requester));
  if (who.empty() || text::count_code_points(who) > kLongestName)
    return report_wrong_use(globals, fmt::format("--requester is a name of 1 to {} characters.", kLongestName));
  const auto session = Session::open(globals, MissingLedger::kMake);
  if (!session) return kFailed;
  const Rules& rules = session->config().rules;
  if (!globals.json && is_terminal(STDIN_FILENO)) ask_for_missing(rules, args);
  auto draft = to_draft(args, rules);
  if (!draft) return report_wrong_use(globals, draft.error().what);
  intake::Intake intake(session->stores().ledger(), rules, {.same_words_window = session->config().intake.same_words_window},
                        session->clock(), session->metrics());
  Message origin;
  origin.source = "cli";
  origin.requester = {who, who};
  const auto answer = session->wait(intake.file(std::move(origin), std::move(*draft)));
  if (answer.error) return report_failure(globals, *answer.error);
  if (!answer.ticket) return report_faults(globals, answer.faults);
  if (globals.json) {
    print_json(to_json(*answer.ticket));
    return kDone;
  }
  print(fmt::format("{} as #{} on the queue {}.\n", answer.outcome == intake::Outcome::kFiled ? "Filed" : "Already filed",
                    answer.ticket->number.value(), answer.ticket->queue));
  return kDone;
}

int backup(const Globals& globals, const std::string& path) {
  if (path.empty()) return report_wrong_use(globals, "a backup needs the name of a file that does not exist yet.");
  const auto session = Session::open(globals);
  if (!session) return kFailed;
  const auto done = session->wait(session->stores().ledger().backup(path));
  if (!done) return report_failure(globals, done.error());
  if (globals.json) {
    print_json(boost::json::serialize(boost::json::object{{"backup", path}}));
    return kDone;
  }
  print( fmt::format("Backed up to {}. To restore: stop the server, put this file in place of {}, start again.\n", printable(path),
                    ledger_file(session->config())));
  return kDone;
}

}  // namespace pointsman::app
