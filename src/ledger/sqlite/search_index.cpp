// SPDX-License-Identifier: Apache-2.0
#include "ledger/sqlite/search_index.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "base/text.h"
#include "ledger/sqlite/ticket_rows.h"

namespace pointsman::ledger {
namespace {

constexpr std::size_t kLongestWord = 64;      // bytes; what is longer is found by its beginning
constexpr std::size_t kMostWordsAsked = 16;   // of one query; further ones are not looked at

// A letter or digit of any script. The index's tokenizer splits at ASCII only, so what is said here is all there is to it.
bool is_word_part(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool punctuation = c < 0xAA || c == 0xAB || c == 0xBB || c == 0xBF || (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x303F);
  return !punctuation;
}

// Each word, in lower case.
template <class Take>
void each_word(std::string_view in, Take take) {
  const std::string lowered = text::to_lower(in);
  std::string word;
  for (std::string_view rest = lowered;;) {
    const char32_t c = rest.empty() ? U' ' : text::take_code_point(rest);
    if (is_word_part(c)) {
      if (word.size() < kLongestWord) text::append_utf8(word, c);
      continue;
    }
    if (!word.empty()) take(word);
    word.clear();
    if (rest.empty()) return;
  }
}

// Facets become words that no text can hold by accident. Rows that are found are checked all the same.
std::string facet(char kind, std::string_view value) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a: stable across builds
  for (const char c : value) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("zz{}{:016x}", kind, hash);
}

std::string block_word(std::int64_t number) { return fmt::format("zzn{:x}", number / kSearchBlock); }

std::string words_of(const Ticket& ticket) {
  std::string out;
  const auto add = [&out](const std::string& word) { out += word, out += ' '; };
  each_word(ticket.problem, add);
  each_word(ticket.description, add);
  add(facet('s', name(ticket.status)));
  add(facet('p', ticket.priority));
  add(facet('c', ticket.category));
  add(requester_term(ticket.tenant, ticket.requester.id));
  add(block_word(ticket.number.value()));
  return out;
}

Result<void> insert_words(sqlite::Db& db, const Ticket& ticket) {
  auto insert = db.prepare("INSERT INTO search(rowid, words) VALUES(?1, ?2)");
  if (!insert) return fail(insert.error());
  const std::string words = words_of(ticket);
  return insert->bind(1, ticket.number.value()).bind(2, words).run();
}

Result<void> set_indexed_to(sqlite::Db& db, std::int64_t number) {
  auto update = db.prepare("UPDATE search_state SET indexed_to = ?1");
  if (!update) return fail(update.error());
  return update->bind(1, number).run();
}

}  // namespace

std::string requester_term(std::string_view tenant, std::string_view requester_id) {
  return facet('r', fmt::format("{}\x1f{}", tenant, requester_id));
}

std::string search_terms(const Query& query) {
  std::string out;
  std::size_t words = 0;
  const auto add = [&out](const std::string& word) { out += '"', out += word, out += "\" "; };
  each_word(query.words, [&](const std::string& word) {
    if (words++ < kMostWordsAsked) add(word);
  });
  if (words == 0) return {};
  if (query.status) add(facet('s', name(*query.status)));
  if (query.priority) add(facet('p', *query.priority));
  if (query.category) add(facet('c', *query.category));
  return out;
}

bool has_words(const Ticket& ticket, const Query& query) {
  std::unordered_set<std::string> words;
  const auto add = [&words](const std::string& word) { words.insert(word); };
  each_word(ticket.problem, add);
  each_word(ticket.description, add);
  std::size_t asked = 0;
  bool all = true;
  each_word(query.words, [&](const std::string& word) {
    if (asked++ < kMostWordsAsked) all = all && words.contains(word);
  });
  return all;
}

Result<TicketNumber> indexed_to(sqlite::Db& db) {
  auto select = db.prepare("SELECT indexed_to FROM search_state");
  if (!select) return fail(select.error());
  const Result<bool> row = select->step();
  if (!row) return fail(row.error());
  return TicketNumber{*row ? select->integer(0) : 0};
}

Result<bool> index_some(sqlite::Db& db, int most) {
  const Result<TicketNumber> done = indexed_to(db);
  if (!done) return fail(done.error());
  const Result<TicketNumber> newest = newest_number(db);
  if (!newest) return fail(newest.error());
  const std::int64_t last = std::min(newest->value(), done->value() + most);
  if (last <= done->value()) return false;
  for (std::int64_t number = done->value() + 1; number <= last; ++number) {
    const Result<Ticket> ticket = load_ticket(db, TicketNumber{number});
    if (!ticket && ticket.error().code == Errc::kNotFound) continue;  // a number whose filing was undone
    if (!ticket) return fail(ticket.error());
    if (auto inserted = insert_words(db, *ticket); !inserted) return fail(inserted.error());
  }
  if (auto noted = set_indexed_to(db, last); !noted) return fail(noted.error());
  return last < newest->value();
}

Result<void> reindex(sqlite::Db& db, const Ticket& before, const Ticket& after) {
  const Result<TicketNumber> done = indexed_to(db);
  if (!done) return fail(done.error());
  if (before.number > *done) return {};
  auto remove = db.prepare("INSERT INTO search(search, rowid, words) VALUES('delete', ?1, ?2)");
  if (!remove) return fail(remove.error());
  const std::string words = words_of(before);
  if (auto removed = remove->bind(1, before.number.value()).bind(2, words).run(); !removed) return removed;
  return insert_words(db, after);
}

Result<std::optional<TicketNumber>> search(sqlite::Db& db, const std::string& terms, TicketNumber before, Until until,
                                           const std::function<Result<bool>(TicketNumber)>& visit) {
  for (std::int64_t end = before.value(); end > 0;) {
    const std::int64_t first = (end - 1) / kSearchBlock * kSearchBlock;
    auto select = db.prepare("SELECT rowid FROM search WHERE search MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC");
    if (!select) return fail(select.error());
    const std::string terms_and_block = terms + ' ' + block_word(first);
    select->bind(1, terms_and_block).bind(2, end);
    for (;;) {
      const Result<bool> row = select->step();
      if (!row) return fail(row.error());
      if (!*row) break;
      const Result<bool> more = visit(TicketNumber{select->integer(0)});
      if (!more) return fail(more.error());
      if (!*more) return std::nullopt;
    }
    end = first;
    if (end > 0 && std::chrono::steady_clock::now() > until) return TicketNumber{end};
  }
  return std::nullopt;
}

}  // namespace pointsman::ledger
