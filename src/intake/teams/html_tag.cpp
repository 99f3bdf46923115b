// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/html_tag.h"

#include <algorithm>

#include "base/text.h"
#include "intake/teams/html_entity.h"

namespace pointsman::teams {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kLongestName = 32;  // what is longer is none that means anything here
constexpr std::string_view kBlanks = " \t\r\n\f";

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(char c) noexcept { return kBlanks.find(c) != npos; }
bool ends_name(char c) noexcept { return is_blank(c) || c == '/' || c == '>'; }

// One attribute off the front of `in`: its name and raw value. False at the end.
bool take_attribute(std::string_view& in, std::string_view& name, std::string_view& value) {
  while (!in.empty() && (is_blank(in.front()) || in.front() == '/')) in.remove_prefix(1);
  if (in.empty()) return false;
  std::size_t end = 1;  // a '=' in front belongs to the name
  while (end < in.size() && in[end] != '=' && !ends_name(in[end])) ++end;
  name = in.substr(0, end);
  value = {};
  in.remove_prefix(end);
  std::string_view rest = in.substr(std::min(in.find_first_not_of(kBlanks), in.size()));
  if (!rest.starts_with('=')) return true;
  rest.remove_prefix(1);
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  std::size_t skip = 0;
  if (rest.starts_with('"') || rest.starts_with('\'')) {
    const char quote = rest.front();
    rest.remove_prefix(1);
    end = std::min(rest.find(quote), rest.size());
    skip = end < rest.size() ? 1 : 0;
  } else {
    end = std::min(rest.find_first_of(kBlanks), rest.size());
  }
  value = rest.substr(0, end);
  in = rest.substr(end + skip);
  return true;
}

}  // namespace

std::string_view TagReader::name_at(std::size_t at) const noexcept {
  std::string_view rest = document_.substr(at + 1);
  if (rest.starts_with('/')) rest.remove_prefix(1);
  if (rest.empty() || !is_letter(rest.front())) return {};
  rest = rest.substr(0, kLongestName);
  return rest.substr(0, static_cast<std::size_t>(std::find_if(rest.begin(), rest.end(), ends_name) - rest.begin()));
}

Tag TagReader::read(std::size_t at) noexcept {
  const char next = at + 1 < document_.size() ? document_[at + 1] : ' ';
  if (next == '!' || next == '?') return read_declaration(at);
  Tag tag{.name = name_at(at), .attributes = {}, .closing = next == '/', .length = 0};
  if (tag.name.empty()) return tag;
  const auto attributes = static_cast<std::size_t>(tag.name.data() - document_.data()) + tag.name.size();
  const std::size_t end = find_end(attributes);
  if (end == npos) return tag;
  tag.attributes = document_.substr(attributes, end - attributes);
  tag.length = end + 1 - at;
  return tag;
}

// The '>' that ends the tag whose name ended before `from`: the first outside of quotes, which open after '=' only.
std::size_t TagReader::find_end(std::size_t from) noexcept {
  if (no_more_ends_) return npos;
  std::size_t at = from;
  while (!quotes_broken_ && at < document_.size() && document_[at] != '>') {
    if (document_[at] != '=') {
      ++at;
      continue;
    }
    at = std::min(document_.find_first_not_of(kBlanks, at + 1), document_.size());
    if (at == document_.size() || (document_[at] != '"' && document_[at] != '\'')) continue;
    const std::size_t closing = document_.find(document_[at], at + 1);
    at = closing == npos ? document_.size() : closing + 1;
  }
  if (!quotes_broken_ && at < document_.size()) return at;
  quotes_broken_ = true;
  at = document_.find('>', from);
  no_more_ends_ = at == npos;
  return at;
}

Tag TagReader::read_declaration(std::size_t at) const noexcept {
  const std::string_view rest = document_.substr(at);
  std::string_view end = ">";
  if (rest.starts_with("<!--")) end = "-->";
  if (rest.starts_with("<![CDATA[")) end = "]]>";
  const std::size_t found = rest.find(end, 2);
  return {.name = {}, .attributes = {}, .closing = false, .length = found == npos ? rest.size() : found + end.size()};
}

std::optional<std::string> attribute(std::string_view attributes, std::string_view name) {
  std::string_view found, value;
  while (take_attribute(attributes, found, value))
    if (text::equal_ignoring_case(found, name)) return decode_entities(value);
  return std::nullopt;
}

}  // namespace pointsman::teams
