// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/activity.h"

#include <array>

#include <boost/json.hpp>

#include "base/text.h"
#include "intake/teams/html_text.h"

namespace pointsman::teams {
namespace json = boost::json;
namespace {

constexpr std::size_t kMostAttachments = 20;      // names kept; Teams allows ten files
constexpr std::size_t kLongestAttachmentName = 255;  // bytes
constexpr std::size_t kLongestId = 512;           // bytes of any id; Teams' own stay below 200
constexpr std::size_t kLongestName = 256;         // bytes of a person's name

// The members of an object that may be no object at all.
class Reader {
 public:
  explicit Reader(const json::value* value) : object_(value != nullptr ? value->if_object() : nullptr) {}

  Reader child(std::string_view name) const { return Reader(member(name)); }

  // A text, trimmed and on one line; empty for anything else, and for the word "null", which some documentation sends.
  std::string text(std::string_view name, std::size_t longest) const {
    const json::value* value = member(name);
    if (value == nullptr || !value->is_string()) return {};
    const std::string_view given = value->get_string();
    if (given == "null") return {};
    std::string_view rest = text::trim(text::cut_at(given, longest));
    const std::size_t plain = text::plain_prefix(rest);
    std::string out{rest.substr(0, plain)};
    for (rest.remove_prefix(plain); !rest.empty();) {
      const char32_t c = text::take_code_point(rest);
      if (text::is_invisible(c)) continue;
      text::append_utf8(out, text::is_control(c) || text::is_space(c) ? U' ' : c);
    }
    return out;
  }

  std::string_view raw(std::string_view name) const {
    const json::value* value = member(name);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
  }

  template <class Visit>
  void each(std::string_view name, Visit visit) const {
    const json::value* value = member(name);
    if (value == nullptr || !value->is_array()) return;
    for (const json::value& item : value->get_array()) visit(Reader(&item));
  }

 private:
  const json::value* member(std::string_view name) const { return object_ != nullptr ? object_->if_contains(name) : nullptr; }
  const json::object* object_;
};

std::string first_of(std::string a, std::string b) { return a.empty() ? std::move(b) : std::move(a); }

std::string read_locale(const Reader& activity) {
  std::string locale = activity.text("locale", kLongestId);
  activity.each("entities", [&locale](const Reader& entity) {
    if (locale.empty() && entity.raw("type") == "clientInfo") locale = entity.text("locale", kLongestId);
  });
  return locale;
}

bool is_html(const Reader& attachment) { return text::equal_ignoring_case(attachment.raw("contentType"), "text/html"); }

void read_text(const Reader& activity, Message& message) {
  activity.each("attachments", [&message](const Reader& attachment) {
    if (message.text.empty() && is_html(attachment)) message.text = html_to_text(attachment.raw("content"));
  });
  if (message.text.empty()) message.text = chat_text_to_text(activity.raw("text"));
}

// What Teams attaches by itself: the preview of a link, the message that is replied to.
bool is_made_by_teams(const Reader& attachment) {
  const std::string type = text::to_lower(attachment.raw("contentType"));
  return type.starts_with("application/vnd.microsoft.card.") || type == "messagereference";
}

void read_attachments(const Reader& activity, Message& message) {
  activity.each("attachments", [&message](const Reader& attachment) {
    if (is_html(attachment) || is_made_by_teams(attachment) || message.attachments.size() == kMostAttachments) return;
    std::string name = attachment.text("name", kLongestAttachmentName);
    if (name.empty()) name = attachment.text("contentType", kLongestAttachmentName);
    if (!name.empty()) message.attachments.push_back(std::move(name));
  });
}

}  // namespace

Result<Message> decode_activity(std::string_view body, int json_depth) {
  json::parse_options options;
  options.max_depth = static_cast<std::size_t>(json_depth);
  // The tree lives for this call only. That of a usual message fits into this buffer; a larger one gets blocks, freed at once.
  std::array<unsigned char, 8 * 1024> usual;
  json::monotonic_resource arena(usual.data(), usual.size());
  json::error_code failed;
  const json::value root = json::parse(body, failed, &arena, options);
  if (failed == json::error::too_deep) return fail(Errc::kFull, "the body is nested too deep");
  if (failed) return fail(Errc::kInvalid, "the body is not valid JSON: " + failed.message());
  if (!root.is_object()) return fail(Errc::kInvalid, "the body is not a JSON object");

  const Reader activity(&root);
  Message message;
  message.source = "teams";
  message.message_id = activity.text("id", kLongestId);
  message.conversation = activity.child("conversation").text("id", kLongestId);
  message.tenant = first_of(activity.child("channelData").child("tenant").text("id", kLongestId),
                            activity.child("conversation").text("tenantId", kLongestId));
  const Reader from = activity.child("from");
  message.requester.id = first_of(from.text("aadObjectId", kLongestId), from.text("id", kLongestId));
  message.requester.name = first_of(from.text("name", kLongestName), "somebody in Teams");
  message.locale = read_locale(activity);
  message.sent_at = parse_rfc3339(activity.raw("timestamp"));
  read_text(activity, message);
  read_attachments(activity, message);
  return message;
}

}  // namespace pointsman::teams
