// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/activity_reply.h"

#include <algorithm>

#include <boost/json.hpp>

#include "base/text.h"
#include "ticket/markdown.h"

namespace pointsman::teams {
namespace json = boost::json;
namespace {

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

json::object text_block(std::string_view content) { return {{"type", "TextBlock"}, {"text", content}, {"wrap", true}}; }

json::object block_line(std::string_view content) {
  json::object line = text_block(content);
  line["fontType"] = "Monospace";
  line["spacing"] = "None";
  return line;
}

// Cards know no code: the backticks of our own sentences become quotes; a requester's are escaped and stay.
std::string without_code(std::string_view markdown) {
  std::string out;
  out.reserve(markdown.size());
  for (std::size_t i = 0; i < markdown.size(); ++i) {
    if (markdown[i] == '\\' && i + 1 < markdown.size()) out += markdown[i++], out += markdown[i];
    else out += markdown[i] == '`' ? '"' : markdown[i];
  }
  return out;
}

// A line of the format as a card shows it literally: text blocks read Markdown, drop what a line begins with and collapse
// blanks.
std::string literal_line(std::string_view line) {
  std::string out;
  while (!line.empty()) {
    const std::size_t blanks = std::min(line.find_first_not_of(" \t"), line.size());
    if (blanks == 1 && !out.empty()) out += ' ';
    else
      for (std::size_t i = 0; i < blanks; ++i) out += kNoBreakSpace;
    line.remove_prefix(blanks);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    out += escape_markdown(line.substr(0, end));
    line.remove_prefix(end);
  }
  return out.empty() ? std::string(kNoBreakSpace) : out;
}

// As much of a line as fits into `budget` bytes; empty when next to nothing does.
std::string fitted_line(std::string_view line, std::size_t budget) {
  constexpr std::size_t kWorthShowing = 32;
  while (line.size() > kWorthShowing) {
    line = text::cut_at(line, line.size() - line.size() / 4);
    if (std::string out = literal_line(line); json_bytes(out) <= budget) return out;
  }
  return {};
}

// The lines of the format block, one text block each, because a card's text knows no line breaks; as many as `budget` bytes
// hold.
json::array block_lines(std::string_view block, std::size_t budget) {
  const std::size_t overhead = json::serialize(block_line("")).size() + 1;  // and the comma
  const std::size_t ending = overhead + kEllipsis.size();                   // of the line that says that more was there
  json::array lines;
  while (!block.empty()) {
    const std::size_t end = std::min(block.find('\n'), block.size());
    const std::string line = literal_line(block.substr(0, end));
    if (json_bytes(line) + overhead + ending > budget) {
      const std::size_t left = budget - std::min(budget, overhead + ending);
      if (const std::string part = fitted_line(block.substr(0, end), left); !part.empty()) lines.push_back(block_line(part));
      lines.push_back(block_line(kEllipsis));
      return lines;
    }
    block.remove_prefix(std::min(end + 1, block.size()));
    budget -= json_bytes(line) + overhead;
    lines.push_back(block_line(line));
  }
  return lines;
}

std::string card(const Reply& reply, json::array lines) {
  json::object title = text_block(without_code(reply.title));
  title["weight"] = "Bolder";
  title["color"] = reply.good ? "Good" : "Attention";
  json::array body{std::move(title)};
  if (!reply.card_text.empty()) body.push_back(text_block(without_code(reply.card_text)));
  if (!lines.empty()) body.push_back(json::object{{"type", "Container"}, {"style", "emphasis"}, {"items", std::move(lines)}});
  const json::object content{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                             {"type", "AdaptiveCard"},
                             {"version", "1.4"},
                             {"body", std::move(body)},
                             {"msteams", json::object{{"width", "full"}}}};
  return json::serialize(json::object{
      {"type", "message"},
      {"summary", without_code(reply.title)},
      {"attachments",
       json::array{json::object{{"contentType", "application/vnd.microsoft.card.adaptive"}, {"content", content}}}}});
}

}  // namespace

std::string markdown_activity(const Reply& reply) {
  return json::serialize(json::object{{"type", "message"}, {"textFormat", "markdown"}, {"text", reply.markdown}});
}

std::string card_activity(const Reply& reply) {
  constexpr std::size_t kContainer = 128;  // bytes of what stands around the lines
  const std::size_t rest = card(reply, {}).size() + kContainer;
  return card(reply, block_lines(reply.format_block, kLongestActivity - std::min(kLongestActivity, rest)));
}

}  // namespace pointsman::teams
