// SPDX-License-Identifier: Apache-2.0
#include "app/queue_commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include "app/session.h"
#include "app/table.h"
#include "desk/desk_json.h"

namespace pointsman::app {
namespace {

// The session and the queue that a command names; says why when there is none.
struct Opened {
  std::unique_ptr<Session> session;
  queue::Queue* queue = nullptr;
};

Opened open_queue(const Globals& globals, const std::string& name) {
  Opened opened;
  opened.session = Session::open(globals);
  if (!opened.session) return opened;
  opened.queue = opened.session->stores().find_queue(name);
  if (opened.queue == nullptr) {
    std::string known;
    for (const desk::NamedQueue& queue : opened.session->stores().queues()) known += (known.empty() ? "" : ", ") + queue.name;
    report_failure(globals, {Errc::kNotFound, fmt::format("there is no queue \"{}\"; there are: {}", name, known), {}});
  }
  return opened;
}

void print_messages(const Globals& globals, const std::vector<queue::Message>& messages) {
  if (globals.json) {
    print_json(desk::messages_json(messages));
    return;
  }
  if (messages.empty()) {
    print("No messages.\n");
    return;
  }
  for (const queue::Message& message : messages) {
    print(fmt::format("message {}  sent {}  receive count {}\n", printable(message.id.value()), format_rfc3339(message.sent_at),
                      message.receive_count));
    if (!message.receipt.value().empty()) print(fmt::format("  receipt  {}\n", message.receipt.value()));
    for (const queue::Attribute& attribute : message.attributes)
      print(fmt::format("  {} = {}\n", printable(attribute.name), printable(attribute.value)));
    print("  " + printable(message.body) + "\n");
  }
}

int report_done(const Globals& globals, const std::string& json, const std::string& words) {
  print((globals.json ? json : words) + "\n");
  return kDone;
}

}  // namespace

int queue_list(const Globals& globals) {
  const auto session = Session::open(globals);
  if (!session) return kFailed;
  std::vector<desk::QueueState> states;
  for (const desk::NamedQueue& named : session->stores().queues()) {
    const auto depth = session->wait(named.queue.depth());
    if (!depth) return report_failure(globals, depth.error());
    states.push_back({named.name, *depth});
  }
  if (globals.json) {
    print_json(desk::queues_json(states));
    return kDone;
  }
  Table table({{"QUEUE", Align::kLeft, 40}, {"WAITING", Align::kRight}, {"IN FLIGHT", Align::kRight}, {"DELAYED", Align::kRight},
               {"OLDEST", Align::kRight}});
  for (const desk::QueueState& state : states) {
    const queue::Depth& depth = state.depth;
    const bool empty = depth.visible + depth.in_flight + depth.delayed == 0;
    table.add({state.name, std::to_string(depth.visible), std::to_string(depth.in_flight), std::to_string(depth.delayed),
               empty ? "-" : age_text(depth.age_of_oldest.count() / 1000)});
  }
  print(table.text(is_terminal(STDOUT_FILENO)));
  return kDone;
}

int queue_peek(const Globals& globals, const std::string& queue, int max_messages) {
  const Opened opened = open_queue(globals, queue);
  if (opened.queue == nullptr) return kFailed;
  const auto messages = opened.session->wait(opened.queue->peek(max_messages));
  if (!messages) return report_failure(globals, messages.error());
  print_messages(globals, *messages);
  return kDone;
}

int queue_receive(const Globals& globals, const QueueReceiveArgs& args) {
  const Opened opened = open_queue(globals, args.queue);
  if (opened.queue == nullptr) return kFailed;
  const auto messages = opened.session->wait(opened.queue->receive(
      {args.max_messages, std::chrono::seconds{args.wait_seconds}, std::chrono::seconds{args.visibility_seconds}}));
  if (!messages) return report_failure(globals, messages.error());
  print_messages(globals, *messages);
  return kDone;
}

int queue_delete(const Globals& globals, const std::string& queue, const std::string& receipt) {
  const Opened opened = open_queue(globals, queue);
  if (opened.queue == nullptr) return kFailed;
  const auto done = opened.session->wait(opened.queue->remove(ReceiptHandle{receipt}));
  if (!done) return report_failure(globals, done.error());
  return report_done(globals, R"({"deleted":true})", "Deleted.");
}

int queue_redrive(const Globals& globals, const std::string& queue) {
  const Opened opened = open_queue(globals, queue);
  if (opened.queue == nullptr) return kFailed;
  const auto moved = opened.session->wait(opened.queue->redrive());
  if (!moved) return report_failure(globals, moved.error());
  return report_done(globals, fmt::format(R"({{"moved":{}}})", *moved),
                     fmt::format("Moved {} messages from the dead-letter queue back to {}.", *moved, queue));
}

int queue_purge(const Globals& globals, const std::string& queue, bool sure) {
  if (!sure)
    return report_wrong_use(globals, "purge removes every message of a queue for ever; add --yes when that is meant.");
  const Opened opened = open_queue(globals, queue);
  if (opened.queue == nullptr) return kFailed;
  const auto done = opened.session->wait(opened.queue->purge());
  if (!done) return report_failure(globals, done.error());
  return report_done(globals, R"({"purged":true})", fmt::format("Removed every message of {}.", queue));
}

}  // namespace pointsman::app
