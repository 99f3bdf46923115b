// SPDX-License-Identifier: Apache-2.0
//
// config/section.h: reads one table of a TOML file key by key. What is wrong becomes a Problem with its place, and reading goes on;
// keys that nobody asked for are reported when the section ends.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/toml.h"

#include "config/config.h"

namespace pointsman::config {

// What reading needs besides the text.
struct Source {
  std::string file;
  const Environment& environment;
  std::vector<Problem>& problems;
};

class Section {
 public:
  // `table` null: it is not there, and everything keeps its default.
  Section(const toml::table* table, std::string path, Source& source) : table_(table), path_(std::move(path)), source_(source) {}

  bool present() const { return table_ != nullptr; }
  Section sub(const std::string& key);
  // Each table of an array of tables.
  void each(const std::string& key, const std::function<void(Section&)>& read);

  void text(const std::string& key, std::string& to);
  void choice(const std::string& key, std::string& to, const std::vector<std::string_view>& choices);
  void texts(const std::string& key, std::vector<std::string>& to);  // one text or a list of them
  void flag(const std::string& key, bool& to);
  void duration(const std::string& key, std::chrono::seconds& to, std::chrono::seconds least, std::chrono::seconds most);

  template <std::integral T>
  void integer(const std::string& key, T& to, std::int64_t least, std::int64_t most) {
    if (const auto value = integer_between(key, least, most)) to = static_cast<T>(*value);
  }

  // A list of words that people write in messages: none of them empty, none too long or with a separator in it.
  void words(const std::string& key, std::vector<std::string>& to);

  // What is wrong with the form of a secret, without quoting it; empty when nothing is.
  using SecretCheck = std::function<std::string(std::string_view secret)>;
  // The values of `key`, key_env and key_file together. What is wrong with one is noted where it stands; it is counted all the same.
  std::vector<Secret> secrets(const std::string& key, const SecretCheck& check);

  // Notes what is wrong with the value of `key`, or with the section when the key is not there.
  void wrong(const std::string& key, const std::string& what);

  // Reports the keys that nobody asked for, with what may have been meant.
  void finish();

 private:
  const toml::node* find(const std::string& key);
  std::optional<std::int64_t> integer_between(const std::string& key, std::int64_t least, std::int64_t most);
  std::string full(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }
  void note(const toml::node* at, const std::string& what);
  std::vector<const toml::node*> text_nodes(const std::string& key);
  std::optional<std::string> secret_of_variable(const std::string& name, std::string& fault) const;
  std::optional<std::string> secret_of_file(const std::string& path, std::string& fault) const;

  const toml::table* table_;
  std::string path_;
  Source& source_;
  std::vector<std::string> known_;
};

}  // namespace pointsman::config
