// SPDX-License-Identifier: Apache-2.0
#include "intake/rest/body.h"

#include <algorithm>
#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace pointsman::rest {
namespace json = boost::json;
namespace {

constexpr std::size_t kLongestShown = 64;  // bytes of an unknown member's name in an answer

using Errors = std::vector<http::ApiError>;

// One object of the body, member by member.
class Members {
 public:
  // `prefix` stands before a member's name in answers: "requester."
  Members(const json::object& object, std::string prefix, Errors& errors)
      : object_(object), prefix_(std::move(prefix)), errors_(errors) {}

  // Null counts as absent.
  const json::value* find(std::string_view name) {
    known_.push_back(name);
    const json::value* given = object_.if_contains(name);
    return given == nullptr || given->is_null() ? nullptr : given;
  }

  std::optional<std::string> text(std::string_view name) {
    const json::value* given = find(name);
    if (given == nullptr) return std::nullopt;
    if (given->is_string()) return std::string(given->get_string());
    note(name, "wrong_type", fmt::format("\"{}{}\" must be a text.", prefix_, name));
    return std::nullopt;
  }

  void note(std::string_view name, std::string_view code, std::string message) {
    if (errors_.size() < kMostErrors) errors_.push_back({prefix_ + std::string(name), std::string(code), std::move(message)});
  }

  // A misspelt member must not be lost in silence.
  void finish() {
    for (const auto& member : object_) {
      const std::string_view name{member.key().data(), member.key().size()};
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      const std::string shown{text::cut_at(name, kLongestShown)};
      const std::string_view near = text::did_you_mean(name, known_);
      note(shown, "unknown_member",
           near.empty() ? fmt::format("There is no member \"{}{}\".", prefix_, shown)
                        : fmt::format("There is no member \"{}{}\". Did you mean \"{}\"?", prefix_, shown, near));
    }
  }

 private:
  const json::object& object_;
  std::string prefix_;
  Errors& errors_;
  std::vector<std::string_view> known_;
};

// Who a person is, is one line without control characters, and not empty.
std::string person_text(Members& members, std::string_view name, std::optional<std::string> given, std::string_view fallback) {
  if (!given) return std::string(fallback);
  const std::string line = text::one_line(*given);
  std::string_view rest = line;
  bool control = false;
  while (!rest.empty()) control = text::is_control(text::take_code_point(rest)) || control;
  if (line.empty()) members.note(name, "empty", fmt::format("\"{}\" of the requester is empty.", name));
  if (control) members.note(name, "control_characters", fmt::format("\"{}\" of the requester holds control characters.", name));
  if (text::count_code_points(line) > kLongestPerson)
    members.note(name, "too_long", fmt::format("\"{}\" of the requester is longer than {} characters.", name, kLongestPerson));
  return line;
}

Person read_requester(Members& root, std::string_view holder, Errors& errors) {
  const json::value* given = root.find("requester");
  if (given == nullptr) return {std::string(holder), std::string(holder)};
  if (given->is_string()) {
    const std::string name = person_text(root, "requester", std::string(given->get_string()), holder);
    return {name, name};
  }
  if (!given->is_object()) {
    root.note("requester", "wrong_type", "\"requester\" must be an object with \"id\" and \"name\", or a text.");
    return {};
  }
  Members members(given->get_object(), "requester.", errors);
  Person person;
  const std::optional<std::string> id = members.text("id"), name = members.text("name");
  person.id = person_text(members, "id", id, name ? text::one_line(*name) : std::string(holder));
  person.name = person_text(members, "name", name, person.id);
  members.finish();
  return person;
}

std::vector<Field> read_fields(Members& root, const std::vector<FieldRule>& rules, Errors& errors) {
  std::vector<Field> found;
  const json::value* given = root.find("fields");
  if (given == nullptr) return found;
  if (!given->is_object()) {
    root.note("fields", "wrong_type", "\"fields\" must be an object of texts.");
    return found;
  }
  Members members(given->get_object(), "fields.", errors);
  for (const FieldRule& rule : rules)
    if (auto value = members.text(rule.name)) found.push_back({rule.name, text::one_line(*value)});
  members.finish();
  return found;
}

std::optional<std::string> mapped(const std::optional<std::string>& text, std::string (*with)(std::string_view)) {
  return text ? std::optional<std::string>(with(*text)) : std::nullopt;
}

}  // namespace

Result<Body> read_body(std::string_view text, std::string_view holder, const Format& format, int json_depth) {
  json::error_code failed;
  json::parse_options options;
  options.max_depth = static_cast<std::size_t>(json_depth);
  const json::value value = json::parse(json::string_view(text.data(), text.size()), failed, {}, options);
  if (failed) return fail(Errc::kInvalid, fmt::format("The body is not valid JSON: {}.", failed.message()));
  if (!value.is_object()) return fail(Errc::kInvalid, "The body must be a JSON object.");

  Body body;
  Members root(value.get_object(), "", body.errors);
  body.draft.problem = mapped(root.text("problem"), text::one_line);
  body.draft.priority = mapped(root.text("priority"), text::one_line);
  body.draft.description = mapped(root.text("description"), text::plain_lines);
  body.draft.fields = read_fields(root, format.fields, body.errors);
  body.draft.language = format.languages.front().language;
  body.requester = read_requester(root, holder, body.errors);
  root.finish();
  return body;
}

}  // namespace pointsman::rest
