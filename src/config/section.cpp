// SPDX-License-Identifier: Apache-2.0
#include "config/section.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iterator>

#include <fmt/format.h>

#include "base/small_file.h"
#include "base/text.h"

namespace pointsman::config {
namespace {

constexpr std::size_t kLongestSecretFile = 4096;  // bytes

// "90", "90s", "2m", "1h", "14d"
std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || number > 1'000'000'000) return std::nullopt;
  const std::string_view unit = text::trim(text.substr(static_cast<std::size_t>(end - text.data())));
  const std::int64_t factor = unit.empty() || unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86400 : 0;
  if (factor == 0) return std::nullopt;
  return std::chrono::seconds{number * factor};
}

// Letters, digits and '_' as shells have them, in capitals: nothing that a generated secret looks like.
bool looks_like_variable(std::string_view name) {
  constexpr std::size_t kLongestShown = 64;
  return !name.empty() && name.size() <= kLongestShown && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

void Section::note(const toml::node* at, const std::string& what) {
  Problem problem{source_.file, 0, 0, what};
  if (at != nullptr) {
    problem.line = at->source().begin.line;
    problem.column = at->source().begin.column;
  }
  source_.problems.push_back(std::move(problem));
}

void Section::wrong(const std::string& key, const std::string& what) {
  const toml::node* node = table_ != nullptr ? table_->get(key) : nullptr;
  note(node != nullptr ? node : table_, fmt::format("{}: {}", full(key), what));
}

const toml::node* Section::find(const std::string& key) {
  known_.push_back(key);
  return table_ != nullptr ? table_->get(key) : nullptr;
}

Section Section::sub(const std::string& key) {
  const toml::node* node = find(key);
  if (node != nullptr && !node->is_table()) wrong(key, fmt::format("must be a table: [{}]", full(key)));
  return {node != nullptr ? node->as_table() : nullptr, full(key), source_};
}

void Section::each(const std::string& key, const std::function<void(Section&)>& read) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const toml::array* tables = node->as_array();
  if (tables == nullptr || !tables->is_homogeneous(toml::node_type::table))
    return wrong(key, fmt::format("is a list: write [[{}]] with double brackets", full(key)));
  for (std::size_t i = 0; i < tables->size(); ++i) {
    Section section((*tables)[i].as_table(), fmt::format("{}[{}]", full(key), i + 1), source_);
    read(section);
    section.finish();
  }
}

void Section::text(const std::string& key, std::string& to) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  if (const auto value = node->value_exact<std::string>()) to = *value;
  else wrong(key, "must be a text in quotes");
}

void Section::choice(const std::string& key, std::string& to, const std::vector<std::string_view>& choices) {
  std::string given = to;
  text(key, given);
  if (std::find(choices.begin(), choices.end(), given) != choices.end()) {
    to = given;
    return;
  }
  const std::string_view near = text::did_you_mean(given, choices);
  wrong(key, fmt::format("cannot be \"{}\"; it is one of: {}{}", given, fmt::join(choices, ", "),
                         near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near)));
}

void Section::texts(const std::string& key, std::vector<std::string>& to) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  if (const auto value = node->value_exact<std::string>()) {
    to = {*value};
    return;
  }
  const toml::array* list = node->as_array();
  if (list == nullptr || (!list->empty() && !list->is_homogeneous(toml::node_type::string)))
    return wrong(key, "must be a list of texts: [\"a\", \"b\"]");
  to.clear();
  for (const toml::node& item : *list) to.push_back(item.value_or(std::string{}));
}

void Section::words(const std::string& key, std::vector<std::string>& to) {
  constexpr std::size_t kLongestWord = 64;  // bytes
  texts(key, to);
  for (const std::string& word : to) {
    if (text::one_line(word).empty()) wrong(key, "holds an empty text");
    else if (word.size() > kLongestWord || word.find_first_of(":=\n") != word.npos)
      wrong(key, fmt::format("\"{}\" is no word that people could write: at most {} bytes, without ':', '=' and line breaks",
                             text::cut_at(word, kLongestWord), kLongestWord));
  }
}

void Section::flag(const std::string& key, bool& to) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  if (const auto value = node->value_exact<bool>()) to = *value;
  else wrong(key, "must be true or false");
}

std::optional<std::int64_t> Section::integer_between(const std::string& key, std::int64_t least, std::int64_t most) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value_exact<std::int64_t>();
  if (value && *value >= least && *value <= most) return value;
  wrong(key, fmt::format("must be a whole number from {} to {}", least, most));
  return std::nullopt;
}

void Section::duration(const std::string& key, std::chrono::seconds& to, std::chrono::seconds least, std::chrono::seconds most) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  std::optional<std::chrono::seconds> value;
  if (const auto number = node->value_exact<std::int64_t>(); number && *number >= 0) value = std::chrono::seconds{*number};
  else if (const auto text = node->value_exact<std::string>()) value = parse_duration(*text);
  if (!value) return wrong(key, "must be a time: seconds, or a text like \"90s\", \"2m\", \"1h\", \"14d\"");
  if (*value < least || *value > most) return wrong(key, fmt::format("must be from {} to {} seconds", least.count(), most.count()));
  to = *value;
}

std::vector<const toml::node*> Section::text_nodes(const std::string& key) {
  std::vector<std::string> checked;
  texts(key, checked);
  std::vector<const toml::node*> nodes;
  const toml::node* node = table_ != nullptr ? table_->get(key) : nullptr;
  if (node == nullptr) return nodes;
  if (node->is_string()) nodes.push_back(node);
  if (const toml::array* list = node->as_array(); list != nullptr && !checked.empty())
    for (const toml::node& item : *list) nodes.push_back(&item);
  return nodes;
}

std::optional<std::string> Section::secret_of_variable(const std::string& name, std::string& fault) const {
  const auto at = source_.environment.find(name);
  if (at != source_.environment.end()) return at->second;
  // A secret pasted here by mistake must not be printed; the name of a variable may.
  fault = looks_like_variable(name) ? fmt::format("the environment variable {} is not set", name)
                                    : "there is no environment variable of that name; give the variable's name, not the secret";
  return std::nullopt;
}

std::optional<std::string> Section::secret_of_file(const std::string& path, std::string& fault) const {
  const std::filesystem::path beside = std::filesystem::path(source_.file).parent_path();
  const std::string resolved = (beside / path).string();  // an absolute path stays as it is
  Result<std::string> content = read_small_file(resolved, kLongestSecretFile);
  if (content) return std::move(*content);
  fault = fmt::format("the file {} {}", resolved, content.error().what);
  return std::nullopt;
}

std::vector<Secret> Section::secrets(const std::string& key, const SecretCheck& check) {
  std::vector<Secret> good;
  const auto judge = [&](const toml::node* node, const std::string& shown, std::optional<std::string> value, std::string fault) {
    const std::string_view trimmed = value ? text::trim(*value) : std::string_view{};
    if (value && trimmed.empty()) fault = "the secret is empty";
    else if (value) fault = check(trimmed);
    if (!fault.empty()) note(node, fmt::format("{}: {}", full(shown), fault));
    good.emplace_back(std::string(trimmed));
  };
  for (const toml::node* node : text_nodes(key)) judge(node, key, node->value<std::string>(), "");
  for (const toml::node* node : text_nodes(key + "_env")) {
    std::string fault;
    auto value = secret_of_variable(*node->value<std::string>(), fault);
    judge(node, key + "_env", std::move(value), fault);
  }
  for (const toml::node* node : text_nodes(key + "_file")) {
    std::string fault;
    auto value = secret_of_file(*node->value<std::string>(), fault);
    judge(node, key + "_file", std::move(value), fault);
  }
  return good;
}

void Section::finish() {
  if (table_ == nullptr) return;
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const auto& [key, node] : *table_) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    const std::string_view near = text::did_you_mean(key.str(), known);
    Problem problem{source_.file, key.source().begin.line, key.source().begin.column,
                    fmt::format("{}: there is no such key{}", full(std::string(key.str())),
                                near.empty() ? fmt::format("; here it is one of: {}", fmt::join(known, ", "))
                                             : fmt::format("; did you mean \"{}\"?", near))};
    source_.problems.push_back(std::move(problem));
  }
}

}  // namespace pointsman::config
