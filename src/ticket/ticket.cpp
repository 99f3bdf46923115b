// SPDX-License-Identifier: Apache-2.0
#include "ticket/ticket.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pointsman {
namespace {

constexpr std::array<const char*, 7> kStatusNames{"new", "assigned", "in progress", "pending", "resolved", "closed", "cancelled"};

// Appends to one growing string: a ticket is written once a filing and once a row of every list, and a tree of values would cost
// more than all the rest of it.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) { out_ += '{'; }
  ~JsonWriter() { out_ += '}'; }
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void key(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    quote(value);
  }
  void number(std::string_view name, std::int64_t value) {
    key(name);
    out_ += std::to_string(value);
  }
  void quote(std::string_view value) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    out_ += '"';
    while (!value.empty()) {
      const std::size_t plain = static_cast<std::size_t>(std::find_if(value.begin(), value.end(), needs_escape) - value.begin());
      out_ += value.substr(0, plain);
      value.remove_prefix(plain);
      if (value.empty()) break;
      const char c = value.front();
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x20) out_ += '\\', out_ += c;
      else if (c == '\n') out_ += "\\n";
      else out_ += "\\u00", out_ += kHex[byte >> 4], out_ += kHex[byte & 15];
      value.remove_prefix(1);
    }
    out_ += '"';
  }

 private:
  static bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

  std::string& out_;
};

}  // namespace

const char* name(Status status) noexcept { return kStatusNames[static_cast<std::size_t>(status)]; }

std::optional<Status> parse_status(std::string_view given) {
  const std::string lowered = text::to_lower(given);
  for (std::size_t i = 0; i < kStatusNames.size(); ++i)
    if (lowered == kStatusNames[i]) return static_cast<Status>(i);
  if (lowered == "in_progress" || lowered == "in-progress") return Status::kInProgress;  // easier to type in an address
  return std::nullopt;
}

std::string to_json(const Ticket& ticket, std::string_view schema) {
  std::string out;
  out.reserve(512 + ticket.description.size() + ticket.problem.size());
  JsonWriter json(out);
  if (!schema.empty()) json.text("schema", schema);
  json.number("number", ticket.number.value());
  json.text("id", ticket.id.value());
  json.text("problem", ticket.problem);
  json.text("description", ticket.description);
  json.text("priority", ticket.priority);
  json.text("stated_priority", ticket.stated_priority);
  json.text("category", ticket.category);
  json.text("status", name(ticket.status));
  json.text("queue", ticket.queue);
  json.text("source", ticket.source);
  json.text("team", ticket.team);
  json.text("tenant", ticket.tenant);
  json.key("requester");
  {
    JsonWriter requester(out);
    requester.text("id", ticket.requester.id);
    requester.text("name", ticket.requester.name);
  }
  json.text("assignee", ticket.assignee);
  json.key("fields");
  {
    JsonWriter fields(out);
    for (const Field& field : ticket.fields) {
      if (out.back() != '{') out += ',';
      fields.quote(field.name);
      out += ':';
      fields.quote(field.value);
    }
  }
  json.key("attachments");
  out += '[';
  for (const std::string& file : ticket.attachments) {
    if (out.back() != '[') out += ',';
    json.quote(file);
  }
  out += ']';
  json.text("created_at", format_rfc3339(ticket.created_at));
  json.text("updated_at", format_rfc3339(ticket.updated_at));
  return out;
}

}  // namespace pointsman
