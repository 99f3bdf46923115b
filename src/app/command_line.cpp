// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.h"

#include <algorithm>
#include <functional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/config_commands.h"
#include "app/descriptors.h"
#include "app/doctor.h"
#include "app/globals.h"
#include "app/queue_commands.h"
#include "app/serve.h"
#include "app/ticket_commands.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "queue/queue.h"

namespace pointsman::app {
namespace {

// What the parsed command line asks for; set by the callback of the one subcommand that was named.
using Action = std::function<int()>;

constexpr const char* kOverview = R"(
Examples:
  pointsman serve                              start with no file and no account
  pointsman doctor                             check everything, with how to mend each fault
  pointsman ticket list --priority high        what is urgent
  pointsman queue list                         what lies where
Every command explains itself: pointsman COMMAND --help
Exit codes: 0 done, 1 it failed (and says why), 2 wrong use.)";

// One subcommand with the options that all of them take.
CLI::App& command(CLI::App& parent, Globals& globals, const std::string& name, const std::string& what, const std::string& examples) {
  CLI::App& made = *parent.add_subcommand(name, what);
  made.footer("\nExamples:\n" + examples);
  made.add_option("--config", globals.config_file, "Configuration file (else $POINTSMAN_CONFIG, else ./pointsman.toml, else defaults)");
  made.add_option("--data", globals.data_dir, "Data directory (else as configured, else ./pointsman-data)");
  made.add_flag("--json", globals.json, "JSON instead of text");
  return made;
}

CLI::App& group(CLI::App& parent, const std::string& name, const std::string& what, const std::string& examples) {
  CLI::App& made = *parent.add_subcommand(name, what);
  made.require_subcommand(1);
  made.footer("\nExamples:\n" + examples);
  return made;
}

struct Arguments {
  Globals globals;
  ServeArgs serve;
  TicketListArgs list;
  TicketFileArgs file;
  QueueReceiveArgs receive;
  DoctorArgs doctor;
  std::string number, queue, receipt, path;
  int peek = 10;
  bool sure = false;
};

void add_serve(CLI::App& app, Arguments& a, Action& action) {
  CLI::App& serve_command = command(app, a.globals, "serve", "Take messages, answer them, file tickets",
                                    "  pointsman serve\n"
                                    "  POINTSMAN_TEAMS_SECRET='token from Teams' pointsman serve --listen 127.0.0.1:5000\n"
                                    "  pointsman serve --config /etc/pointsman.toml --tunnel cloudflared");
  serve_command.add_option("--listen", a.serve.listen, "ADDRESS:PORT; port 0 picks a free one (default 127.0.0.1:5000)");
  serve_command.add_option("--tunnel", a.serve.tunnel, "Start this agent for a public https address")
      ->check(CLI::IsMember({"ngrok", "cloudflared"}));
  serve_command.add_option("--tunnel-url", a.serve.tunnel_url, "The reserved address to ask the agent for (ngrok)");
  serve_command.callback([&] { action = [&a] { return serve(a.globals, a.serve); }; });
}

void add_ticket(CLI::App& app, Arguments& a, Action& action) {
  CLI::App& tickets = group(app, "ticket", "List, show and file tickets", "  pointsman ticket list\n  pointsman ticket show 1042");
  CLI::App& list = command(tickets, a.globals, "list", "Tickets, newest first",
                           "  pointsman ticket list --priority high --status new\n  pointsman ticket list --words 'printer jam' --json");
  list.add_option("--status", a.list.status, "new, assigned, in progress, pending, resolved, closed, cancelled");
  list.add_option("--priority", a.list.priority, "A priority's name");
  list.add_option("--category", a.list.category, "A category's name");
  list.add_option("--words", a.list.words, "Words that all occur in problem or description");
  list.add_option("--after", a.list.after, "Older than this ticket number: the next page");
  list.add_option("--limit", a.list.limit, "How many")->check(CLI::Range(1, ledger::kMaxPage));
  list.callback([&] { action = [&a] { return ticket_list(a.globals, a.list); }; });

  CLI::App& show = command(tickets, a.globals, "show", "One ticket with its history", "  pointsman ticket show 1042\n  pointsman ticket show 1042 --json");
  show.add_option("number", a.number, "The ticket's number")->required();
  show.callback([&] { action = [&a] { return ticket_show(a.globals, a.number); }; });

  CLI::App& file = command(tickets, a.globals, "file", "File a ticket, for people without Teams",
                           "  pointsman ticket file --problem 'Printer jammed' --priority high --description 'Error 13, floor 2'\n"
                           "  pointsman ticket file --problem P --priority low --description D --requester 'Ada L.' --field Location=Hamburg");
  file.add_option("--problem", a.file.problem, "What is wrong, in one line");
  file.add_option("--priority", a.file.priority, "How urgent it is");
  file.add_option("--description", a.file.description, "What helps to solve it");
  file.add_option("--requester", a.file.requester, "Who needs help (default: you)");
  file.add_option("--field", a.file.fields, "A configured field as NAME=VALUE; may be repeated");
  file.callback([&] { action = [&a] { return ticket_file(a.globals, a.file); }; });
}

CLI::App& queue_command(CLI::App& queues, Arguments& a, const std::string& name, const std::string& what, const std::string& examples) {
  CLI::App& made = command(queues, a.globals, name, what, examples);
  made.add_option("queue", a.queue, "The queue's name")->required();
  return made;
}

void add_queue(CLI::App& app, Arguments& a, Action& action) {
  CLI::App& queues = group(app, "queue", "Look at the work queues and work on them", "  pointsman queue list\n  pointsman queue peek high");
  CLI::App& list = command(queues, a.globals, "list", "Every queue with what waits on it", "  pointsman queue list\n  pointsman queue list --json");
  list.callback([&] { action = [&a] { return queue_list(a.globals); }; });

  CLI::App& peek = queue_command(queues, a, "peek", "What is next, without receiving it", "  pointsman queue peek high --max 3");
  peek.add_option("--max", a.peek, "How many")->check(CLI::Range(1, 100));
  peek.callback([&] { action = [&a] { return queue_peek(a.globals, a.queue, a.peek); }; });

  CLI::App& receive = queue_command(queues, a, "receive", "Take messages; delete each with its receipt when its work is done",
                                    "  pointsman queue receive high\n  pointsman queue receive high --max 10 --wait 20 --visibility 600 --json");
  receive.add_option("--max", a.receive.max_messages, "How many at most")->check(CLI::Range(1, static_cast<int>(queue::kMaxBatch)));
  receive.add_option("--wait", a.receive.wait_seconds, "Seconds to wait for the first")->check(CLI::Range(0, static_cast<int>(queue::kMaxWait.count())));
  receive.add_option("--visibility", a.receive.visibility_seconds, "Seconds until it comes back when it is not deleted")
      ->check(CLI::Range(0, static_cast<int>(queue::kMaxVisibility.count())));
  receive.callback([&] {
    a.receive.queue = a.queue;
    action = [&a] { return queue_receive(a.globals, a.receive); };
  });

  CLI::App& remove = queue_command(queues, a, "delete", "End the work on a received message", "  pointsman queue delete high RECEIPT");
  remove.add_option("receipt", a.receipt, "The receipt that `queue receive` gave")->required();
  remove.callback([&] { action = [&a] { return queue_delete(a.globals, a.queue, a.receipt); }; });

  CLI::App& redrive = queue_command(queues, a, "redrive", "Move everything from the dead-letter queue back", "  pointsman queue redrive high");
  redrive.callback([&] { action = [&a] { return queue_redrive(a.globals, a.queue); }; });

  CLI::App& purge = queue_command(queues, a, "purge", "Remove every message of a queue (tickets stay in the ledger)", "  pointsman queue purge low --yes");
  purge.add_flag("--yes", a.sure, "It is meant");
  purge.callback([&] { action = [&a] { return queue_purge(a.globals, a.queue, a.sure); }; });
}

void add_upkeep(CLI::App& app, Arguments& a, Action& action) {
  CLI::App& configs = group(app, "config", "Check and show the configuration", "  pointsman config check\n  pointsman config show");
  CLI::App& check = command(configs, a.globals, "check", "Every fault at once, with line and column", "  pointsman config check --config pointsman.toml");
  check.callback([&] { action = [&a] { return config_check(a.globals); }; });
  CLI::App& show = command(configs, a.globals, "show", "The configuration in force; secrets as ***", "  pointsman config show\n  pointsman config show --json");
  show.callback([&] { action = [&a] { return config_show(a.globals); }; });

  CLI::App& doctor_command = command(app, a.globals, "doctor", "Check everything this server needs, with how to mend each fault", "  pointsman doctor\n  pointsman doctor --listen 127.0.0.1:8080 --json");
  doctor_command.add_option("--listen", a.doctor.listen, "ADDRESS:PORT where the server is, or is to be (default as configured)");
  doctor_command.add_option("--tunnel", a.doctor.tunnel, "Also check this tunnel agent")->check(CLI::IsMember({"ngrok", "cloudflared"}));
  doctor_command.callback([&] { action = [&a] { return doctor(a.globals, a.doctor); }; });

  CLI::App& backup_command = command(app, a.globals, "backup", "A consistent copy of the ledger while the server runs", "  pointsman backup /var/backups/pointsman-monday.db");
  backup_command.add_option("path", a.path, "Where to write it; must not exist yet")->required();
  backup_command.callback([&] { action = [&a] { return backup(a.globals, a.path); }; });
}

// The command that was reached before the words stopped making sense.
const CLI::App& deepest(const CLI::App& app) {
  const std::vector<CLI::App*> reached = app.get_subcommands();
  return reached.empty() ? app : deepest(*reached.back());
}

// What may have been meant by the first word that nothing expected; empty when no guess is near.
std::string suggestion(const CLI::App& app) {
  const CLI::App& reached = deepest(app);
  const std::vector<std::string> rest = app.remaining(true);
  if (rest.empty()) return "";
  std::vector<std::string> names;
  for (const CLI::App* command : reached.get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  for (const CLI::Option* option : reached.get_options([](const CLI::Option*) { return true; }))
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  const std::string word = rest.front().substr(0, rest.front().find('='));
  const std::string_view near = text::did_you_mean(word, {names.begin(), names.end()});
  return near.empty() ? "" : fmt::format(" Did you mean \"{}\"?", near);
}

// "Run with --help" is said by CLI11 of the whole program; the command's own help is what helps.
int report_parse_error(const CLI::App& app, const CLI::ParseError& wrong, const Globals& globals) {
  const CLI::App& reached = deepest(app);
  std::string path = reached.get_name();
  for (const CLI::App* parent = reached.get_parent(); parent != nullptr; parent = parent->get_parent())
    path.insert(0, parent->get_name() + " ");
  const std::vector<std::string> rest = app.remaining(true);
  const bool unknown = !rest.empty() && wrong.get_name() != "RequiredError";
  std::string what = wrong.what();
  if (unknown || (!rest.empty() && !rest.front().starts_with('-') && !suggestion(app).empty()))
    what = fmt::format("\"{}\" is not known here.{}", rest.front(), suggestion(app));
  return report_wrong_use(globals, fmt::format("{}{} See: {} --help", what, what.ends_with('.') || what.ends_with('?') ? "" : ".", path));
}

}  // namespace

int run_command_line(int argc, char** argv) {
  fill_standard_descriptors();
  CLI::App app("Pointsman routes IT tickets from Microsoft Teams to the work queue of their priority.", "pointsman");
  app.footer(kOverview);
  app.require_subcommand(1);
  app.set_version_flag("--version", "pointsman " POINTSMAN_VERSION);
  Arguments arguments;
  Action action;
  add_serve(app, arguments, action);
  add_ticket(app, arguments, action);
  add_queue(app, arguments, action);
  add_upkeep(app, arguments, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stopped) {
    if (stopped.get_exit_code() == 0) return app.exit(stopped);  // --help, --version
    // Parsing stopped before the flag took effect, perhaps; whoever wrote it wants JSON all the same.
    arguments.globals.json = std::find(argv, argv + argc, std::string_view("--json")) != argv + argc;
    return report_parse_error(app, stopped, arguments.globals);
  }
  const int code = action();
  return flush_output() ? code : kFailed;
}

}  // namespace pointsman::app
