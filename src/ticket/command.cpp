// SPDX-License-Identifier: Apache-2.0
#include "ticket/format.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace pointsman {
namespace {

constexpr std::size_t kLongestCommand = 64;  // bytes; what is longer is a report
constexpr std::array<std::string_view, 10> kHelp{"help", "?", "/help", "hilfe", "hilf mir", "aide", "ayuda", "commands", "format", "usage"};
constexpr std::array<std::string_view, 9> kMine{"mine",        "my tickets",    "my requests", "meine", "meine tickets",
                                                "mes tickets", "mes demandes", "mis tickets", "mis incidencias"};
constexpr std::array<std::string_view, 7> kStatus{"status", "state", "stand", "état", "etat", "statut", "estado"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "#1042", "1042", "nr. 1042", "no 1042", "ticket #1042"; nothing when it is no number of a ticket.
std::optional<TicketNumber> read_number(std::string_view text) {
  text = text::trim(text);
  for (const std::string_view prefix : {"of", "for", "von", "del", "du", "de", "ticket", "nr.", "nr", "no.", "no", "#"})
    if (text.starts_with(prefix)) text = text::trim(text.substr(prefix.size()));
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || number < 1) return std::nullopt;
  return TicketNumber{number};
}

}  // namespace

Command read_command(std::string_view message) {
  message = text::trim(message);
  if (message.size() > kLongestCommand) return {};
  const std::string lowered = text::to_lower(text::one_line(message));
  std::string_view words = lowered;
  while (words.size() > 1 && (words.ends_with('.') || words.ends_with('!') || words.ends_with('?'))) words.remove_suffix(1);
  words = text::trim(words);
  if (words.empty() || is_one_of(kHelp, words)) return {Command::Kind::kHelp, {}};
  if (is_one_of(kMine, words)) return {Command::Kind::kMine, {}};
  if (is_one_of(kStatus, words)) return {Command::Kind::kMine, {}};  // of what? of all of them
  if (words.starts_with('#'))
    if (const auto number = read_number(words)) return {Command::Kind::kStatus, *number};
  const std::size_t space = words.find_first_of(" \t\n#:");
  if (space == words.npos || !is_one_of(kStatus, words.substr(0, space))) return {};
  if (words[space] == ':') return {};  // a label
  const auto number = read_number(words.substr(space));
  if (!number) return {};
  return {Command::Kind::kStatus, *number};
}

}  // namespace pointsman
