// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/activity_reply.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace pointsman::teams {
namespace json = boost::json;
namespace {

// The text is cut until the whole Activity fits: escaping can make it up to six times as long as its Markdown.
template <class Build>
std::string fit(std::string_view markdown, Build build) {
  std::string out = build(markdown);
  while (out.size() > kLongestActivity && !markdown.empty()) {
    const std::size_t excess = out.size() - kLongestActivity;
    markdown = text::cut_at(markdown, markdown.size() - std::min(markdown.size(), std::max<std::size_t>(excess / 6, 64)));
    out = build(std::string(markdown) + " …");
  }
  return out;
}

json::object text_block(std::string_view content) {
  return {{"type", "TextBlock"}, {"text", content}, {"wrap", true}};
}

}  // namespace

std::string markdown_activity(const Reply& reply) {
  return fit(reply.markdown, [](std::string_view markdown) {
    return json::serialize(json::object{{"type", "message"}, {"textFormat", "markdown"}, {"text", markdown}});
  });
}

std::string card_activity(const Reply& reply) {
  return fit(reply.format_block, [&reply](std::string_view block) {
    json::object title = text_block(reply.title);
    title["weight"] = "Bolder";
    title["color"] = reply.good ? "Good" : "Attention";
    json::array body{std::move(title), text_block(reply.card_text)};
    if (!block.empty()) {
      json::object format = text_block(block);
      format["fontType"] = "Monospace";
      body.push_back(json::object{{"type", "Container"}, {"style", "emphasis"}, {"items", json::array{std::move(format)}}});
    }
    const json::object card{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                            {"type", "AdaptiveCard"},
                            {"version", "1.4"},
                            {"body", std::move(body)},
                            {"msteams", json::object{{"width", "full"}}}};
    return json::serialize(json::object{
        {"type", "message"},
        {"summary", reply.title},
        {"attachments",
         json::array{json::object{{"contentType", "application/vnd.microsoft.card.adaptive"}, {"content", card}}}}});
  });
}

}  // namespace pointsman::teams
