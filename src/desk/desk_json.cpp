// SPDX-License-Identifier: Apache-2.0
#include "desk/desk_json.h"

#include <boost/json.hpp>

namespace pointsman::desk {
namespace json = boost::json;

std::string page_json(const ledger::Page& page) {
  std::string out = "{\"tickets\":[";
  for (const Ticket& ticket : page.tickets) {
    if (out.back() != '[') out += ',';
    out += to_json(ticket);
  }
  out += "],\"next\":";
  out += page.next ? "\"" + std::to_string(page.next->value()) + "\"" : "null";
  return out + "}";
}

std::string history_json(const std::vector<ledger::Change>& changes) {
  json::array list;
  for (const ledger::Change& change : changes)
    list.push_back({{"at", format_rfc3339(change.at)},
                    {"who", change.who},
                    {"what", change.what},
                    {"from", change.from},
                    {"to", change.to},
                    {"why", change.why}});
  return json::serialize(json::object{{"history", std::move(list)}});
}

std::string queues_json(const std::vector<QueueState>& queues) {
  json::array list;
  for (const QueueState& queue : queues)
    list.push_back({{"name", queue.name},
                    {"visible", queue.depth.visible},
                    {"in_flight", queue.depth.in_flight},
                    {"delayed", queue.depth.delayed},
                    {"age_of_oldest_seconds", static_cast<double>(queue.depth.age_of_oldest.count()) / 1000}});
  return json::serialize(json::object{{"queues", std::move(list)}});
}

std::string messages_json(const std::vector<queue::Message>& messages) {
  json::array list;
  for (const queue::Message& message : messages) {
    json::object attributes;
    for (const queue::Attribute& attribute : message.attributes) attributes[attribute.name] = attribute.value;
    list.push_back({{"id", message.id.value()},
                    {"receipt", message.receipt.value()},
                    {"receive_count", message.receive_count},
                    {"sent_at", format_rfc3339(message.sent_at)},
                    {"attributes", std::move(attributes)},
                    {"body", message.body}});
  }
  return json::serialize(json::object{{"messages", std::move(list)}});
}

}  // namespace pointsman::desk
