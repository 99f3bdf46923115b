// SPDX-License-Identifier: Apache-2.0
#include "queue/embedded/message_rows.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "queue/embedded/queue_rows.h"

namespace pointsman::queue {
namespace json = boost::json;
namespace {

using sqlite::Db;
using sqlite::Statement;

// In one receive, so that nobody who files waits for more than a few milliseconds; the next receive takes the next.
constexpr int kPromotedAtOnce = 200;  // messages that become visible
constexpr int kSweptAtOnce = 200;     // messages that are removed as too old or moved to the dead-letter queue

enum State { kVisible = 0, kInFlight = 1, kDelayed = 2 };

// What a receipt says: "seq:generation:id". The id makes it useless for a later row that got the same seq.
struct Receipt {
  std::int64_t seq = 0, generation = 0;
  std::string id;
};

ReceiptHandle to_handle(const Receipt& receipt) {
  return ReceiptHandle{fmt::format("{}:{}:{}", receipt.seq, receipt.generation, receipt.id)};
}

Result<Receipt> parse_handle(const ReceiptHandle& handle) {
  const std::string& text = handle.value();
  const auto broken = [] { return fail(Errc::kInvalid, "this is no receipt; a receipt is what receiving a message gave"); };
  const std::size_t first = text.find(':'), second = first == text.npos ? text.npos : text.find(':', first + 1);
  if (second == text.npos) return broken();
  Receipt receipt;
  const auto read = [&text](std::size_t from, std::size_t to, std::int64_t& number) {
    const auto [end, failed] = std::from_chars(text.data() + from, text.data() + to, number);
    return failed == std::errc{} && end == text.data() + to;
  };
  if (!read(0, first, receipt.seq) || !read(first + 1, second, receipt.generation) || receipt.generation < 1) return broken();
  receipt.id = text.substr(second + 1);
  return receipt;
}

std::string write_attributes(const std::vector<Attribute>& attributes) {
  json::array list;
  for (const Attribute& attribute : attributes) list.push_back(json::array{attribute.name, attribute.value});
  return json::serialize(list);
}

std::vector<Attribute> read_attributes(std::string_view text) {
  std::vector<Attribute> attributes;
  json::error_code damaged;  // then the body is still worth delivering
  const json::value list = json::parse(text, damaged);
  if (damaged || !list.is_array()) return attributes;
  for (const json::value& item : list.get_array()) {
    const json::array* pair = item.if_array();
    if (pair != nullptr && pair->size() == 2 && (*pair)[0].is_string() && (*pair)[1].is_string())
      attributes.push_back({std::string((*pair)[0].get_string()), std::string((*pair)[1].get_string())});
  }
  return attributes;
}

bool is_clean_text(std::string_view in) {
  return std::none_of(in.begin(), in.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
  }) && text::is_valid_utf8(in);
}

Result<void> check(const Attribute& attribute) {
  const std::string& name = attribute.name;
  const bool good = !name.empty() && name.size() <= kMaxAttributeName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
  if (!good) return fail(Errc::kInvalid, fmt::format("an attribute's name is 1 to {} of A-Z a-z 0-9 _ - .", kMaxAttributeName));
  if (!is_clean_text(attribute.value))
    return fail(Errc::kInvalid, "an attribute's value is UTF-8 text without control characters other than tab and line ends");
  return {};
}

Result<void> check(const Outgoing& message) {
  std::size_t size = message.body.size();
  for (const Attribute& attribute : message.attributes) size += attribute.name.size() + attribute.value.size();
  if (message.id.value().empty()) return fail(Errc::kInvalid, "a message needs an id");
  if (message.body.empty()) return fail(Errc::kInvalid, "a message needs a body");
  if (size > kMaxBody) return fail(Errc::kInvalid, fmt::format("a message has {} bytes; at most {} are possible", size, kMaxBody));
  if (message.attributes.size() > kMaxAttributes)
    return fail(Errc::kInvalid, fmt::format("a message has at most {} attributes", kMaxAttributes));
  if (message.delay < seconds{0} || message.delay > kMaxDelay)
    return fail(Errc::kInvalid, fmt::format("a delay is 0 to {} seconds", kMaxDelay.count()));
  for (const Attribute& attribute : message.attributes)
    if (auto good = check(attribute); !good) return good;
  if (!is_clean_text(message.body))
    return fail(Errc::kInvalid, "a message's body is UTF-8 text without control characters other than tab and line ends");
  return {};
}

Result<void> promote_due(Db& db, std::int64_t queue, Instant now) {
  auto update = db.prepare("UPDATE message SET state = 0 WHERE seq IN (SELECT seq FROM message INDEXED BY message_due"
                           " WHERE queue = ?1 AND state <> 0 AND due <= ?2 ORDER BY due LIMIT ?3)");
  if (!update) return fail(update.error());
  return update->bind(1, queue).bind(2, to_unix_ms(now)).bind(3, kPromotedAtOnce).run();
}

constexpr const char* kSelectVisible =
    "SELECT seq, generation, id, body, attributes, receive_count, sent_at FROM message INDEXED BY message_order"
    " WHERE queue = ?1 AND state = 0 ORDER BY seq LIMIT ?2";

struct Row {
  Receipt receipt;
  Message message;
};

Result<std::vector<Row>> read_rows(Statement& select) {
  std::vector<Row> rows;
  for (;;) {
    const Result<bool> row = select.step();
    if (!row) return fail(row.error());
    if (!*row) return rows;
    Row& read = rows.emplace_back();
    read.receipt = {select.integer(0), select.integer(1), select.text(2)};
    read.message.id = MessageId{select.text(2)};
    read.message.body = select.text(3);
    read.message.attributes = read_attributes(select.view(4));
    read.message.receive_count = static_cast<int>(select.integer(5));
    read.message.sent_at = from_unix_ms(select.integer(6));
  }
}

Result<void> delete_row(Db& db, const std::string& queue, std::int64_t seq) {
  auto remove = db.prepare("DELETE FROM message WHERE seq = ?1");
  if (!remove) return fail(remove.error());
  if (auto done = remove->bind(1, seq).run(); !done) return done;
  const auto counted = count_messages(db, queue, -1);
  return counted ? Result<void>{} : fail(counted.error());
}

Result<void> move_to_dead_letters(Db& db, const Policy& policy, std::int64_t seq) {
  const auto to = count_messages(db, policy.dead_letter_queue, 1);
  if (!to) return fail(to.error());
  if (const auto from = count_messages(db, policy.name, -1); !from) return fail(from.error());
  auto update = db.prepare("UPDATE message SET queue = ?1, state = 0, receive_count = 0, generation = generation + 1 WHERE seq = ?2");
  if (!update) return fail(update.error());
  return update->bind(1, to->id).bind(2, seq).run();
}

Result<void> take_row(Db& db, Row& row, seconds visibility, Instant now) {
  ++row.receipt.generation;
  ++row.message.receive_count;
  auto update = db.prepare("UPDATE message SET state = 1, due = ?1, receive_count = ?2, generation = ?3, received_at = ?4 WHERE seq = ?5");
  if (!update) return fail(update.error());
  update->bind(1, to_unix_ms(now + visibility)).bind(2, row.message.receive_count).bind(3, row.receipt.generation);
  if (auto done = update->bind(4, to_unix_ms(now)).bind(5, row.receipt.seq).run(); !done) return done;
  row.message.receipt = to_handle(row.receipt);
  return {};
}

// The row that a receipt stands for: its received_at. Nothing when it was removed; kStaleReceipt when somebody else has it now.
Result<std::optional<Instant>> find_received(Db& db, const Policy& policy, const Receipt& receipt) {
  auto select = db.prepare("SELECT m.generation, m.id, m.received_at, q.name FROM message m JOIN queue q ON q.id = m.queue WHERE m.seq = ?1");
  if (!select) return fail(select.error());
  const Result<bool> row = select->bind(1, receipt.seq).step();
  if (!row) return fail(row.error());
  if (!*row || select->view(1) != receipt.id) return std::optional<Instant>{};
  if (select->integer(0) != receipt.generation || select->view(3) != policy.name)
    return fail(Errc::kStaleReceipt, "the message was received again since; only the newest receipt counts");
  return std::optional<Instant>{from_unix_ms(select->integer(2))};
}

Result<std::int64_t> number(Db& db, const char* sql, std::int64_t queue, std::int64_t second) {
  auto select = db.prepare(sql);
  if (!select) return fail(select.error());
  const Result<bool> row = select->bind(1, queue).bind(2, second).step();
  if (!row) return fail(row.error());
  return *row ? select->integer(0) : 0;
}

}  // namespace

Result<void> send_row(Db& db, const Policy& policy, const Outgoing& message, Instant now) {
  if (auto good = check(message); !good) return good;
  const auto queue = count_messages(db, policy.name, 1);
  if (!queue) return fail(queue.error());
  if (policy.max_messages > 0 && queue->messages > policy.max_messages) {
    if (const auto back = count_messages(db, policy.name, -1); !back) return fail(back.error());
    return fail(Error{Errc::kThrottled, fmt::format("the queue {} is full ({} messages); receive and delete some", policy.name, policy.max_messages),
                      std::chrono::seconds(1)});
  }
  auto insert = db.prepare("INSERT INTO message(queue, state, due, receive_count, generation, received_at, sent_at, id, attributes, body)"
                           " VALUES(?1, ?2, ?3, 0, 0, 0, ?4, ?5, ?6, ?7)");
  if (!insert) return fail(insert.error());
  const std::string attributes = write_attributes(message.attributes);
  insert->bind(1, queue->id).bind(2, message.delay > seconds{0} ? kDelayed : kVisible).bind(3, to_unix_ms(now + message.delay));
  return insert->bind(4, to_unix_ms(now)).bind(5, message.id.value()).bind(6, attributes).bind(7, message.body).run();
}

Result<Received> receive_rows(Db& db, const Policy& policy, int most, seconds visibility, Instant now) {
  Received received;
  const Result<std::int64_t> queue = queue_id(db, policy.name);
  if (!queue) return fail(queue.error());
  if (*queue == 0) return received;
  if (auto promoted = promote_due(db, *queue, now); !promoted) return fail(promoted.error());
  int swept = 0;
  while (static_cast<int>(received.messages.size()) < most) {
    if (swept >= kSweptAtOnce) {
      received.more_to_sweep = true;
      break;
    }
    Result<std::vector<Row>> rows = [&]() -> Result<std::vector<Row>> {
      auto select = db.prepare(kSelectVisible);
      if (!select) return fail(select.error());
      select->bind(1, *queue).bind(2, most - static_cast<int>(received.messages.size()));
      return read_rows(*select);
    }();
    if (!rows) return fail(rows.error());
    if (rows->empty()) break;
    for (Row& row : *rows) {
      Result<void> done;
      ++swept;
      if (row.message.sent_at + policy.retention < now) done = delete_row(db, policy.name, row.receipt.seq);
      else if (policy.max_receive_count > 0 && !policy.dead_letter_queue.empty() && row.message.receive_count >= policy.max_receive_count)
        done = move_to_dead_letters(db, policy, row.receipt.seq);
      else if (done = take_row(db, row, visibility, now), --swept; done)
        received.messages.push_back(std::move(row.message));
      if (!done) return fail(done.error());
    }
  }
  return received;
}

Result<void> remove_row(Db& db, const Policy& policy, const ReceiptHandle& handle) {
  const auto receipt = parse_handle(handle);
  if (!receipt) return fail(receipt.error());
  const auto found = find_received(db, policy, *receipt);
  if (!found) return fail(found.error());
  if (!*found) return {};
  return delete_row(db, policy.name, receipt->seq);
}

Result<void> change_row_visibility(Db& db, const Policy& policy, const ReceiptHandle& handle, seconds visibility, Instant now) {
  const auto receipt = parse_handle(handle);
  if (!receipt) return fail(receipt.error());
  const auto received_at = find_received(db, policy, *receipt);
  if (!received_at) return fail(received_at.error());
  if (!*received_at) return fail(Errc::kNotFound, "the message was deleted; there is nothing to keep invisible");
  if (visibility < seconds{0} || now + visibility > **received_at + kMaxVisibility)
    return fail(Errc::kInvalid, fmt::format("a message stays invisible for at most {} hours after its receive",
                                            std::chrono::duration_cast<std::chrono::hours>(kMaxVisibility).count()));
  auto update = db.prepare("UPDATE message SET state = 1, due = ?1 WHERE seq = ?2");
  if (!update) return fail(update.error());
  return update->bind(1, to_unix_ms(now + visibility)).bind(2, receipt->seq).run();
}

Result<bool> has_visible_row(Db& db, const Policy& policy, Instant now) {
  const Result<std::int64_t> queue = queue_id(db, policy.name);
  if (!queue || *queue == 0) return queue ? Result<bool>(false) : fail(queue.error());
  const auto visible = number(db, "SELECT EXISTS(SELECT 1 FROM message INDEXED BY message_order WHERE queue = ?1 AND state = 0)"
                                  " OR EXISTS(SELECT 1 FROM message INDEXED BY message_due WHERE queue = ?1 AND state <> 0 AND due <= ?2)",
                              *queue, to_unix_ms(now));
  if (!visible) return fail(visible.error());
  return *visible != 0;
}

Result<Depth> measure_rows(Db& db, const Policy& policy, Instant now) {
  Depth depth;
  auto select = db.prepare(
      "SELECT q.messages,"
      " (SELECT count(*) FROM message INDEXED BY message_due WHERE queue = q.id AND state = 1 AND state <> 0 AND due > ?2),"
      " (SELECT count(*) FROM message INDEXED BY message_due WHERE queue = q.id AND state = 2 AND state <> 0 AND due > ?2),"
      " (SELECT min(sent_at) FROM (SELECT (SELECT sent_at FROM message INDEXED BY message_order WHERE queue = q.id AND state = s.state"
      "   ORDER BY seq LIMIT 1) AS sent_at FROM (SELECT 0 AS state UNION ALL SELECT 1 UNION ALL SELECT 2) s))"
      " FROM queue q WHERE q.name = ?1");
  if (!select) return fail(select.error());
  const Result<bool> row = select->bind(1, policy.name).bind(2, to_unix_ms(now)).step();
  if (!row) return fail(row.error());
  if (!*row) return depth;
  depth.in_flight = select->integer(1);
  depth.delayed = select->integer(2);
  depth.visible = select->integer(0) - depth.in_flight - depth.delayed;
  if (!select->is_null(3)) depth.age_of_oldest = std::max(milliseconds{0}, now - from_unix_ms(select->integer(3)));
  return depth;
}

Result<std::vector<Message>> peek_rows(Db& db, const Policy& policy, int most, Instant now) {
  const Result<std::int64_t> queue = queue_id(db, policy.name);
  if (!queue) return fail(queue.error());
  auto select = db.prepare(
      "SELECT seq, generation, id, body, attributes, receive_count, sent_at FROM message WHERE seq IN ("
      " SELECT seq FROM (SELECT seq FROM message INDEXED BY message_order WHERE queue = ?1 AND state = 0 ORDER BY seq LIMIT ?2)"
      " UNION SELECT seq FROM (SELECT seq FROM message INDEXED BY message_due WHERE queue = ?1 AND state <> 0 AND due <= ?3 LIMIT ?2))"
      " ORDER BY seq LIMIT ?2");
  if (!select) return fail(select.error());
  select->bind(1, *queue).bind(2, most).bind(3, to_unix_ms(now));
  const Result<std::vector<Row>> rows = read_rows(*select);
  if (!rows) return fail(rows.error());
  std::vector<Message> messages;
  for (const Row& row : *rows) messages.push_back(row.message);
  return messages;
}

Result<std::int64_t> newest_row(Db& db) { return db.integer("SELECT coalesce(max(seq), 0) FROM message"); }

Result<std::int64_t> purge_rows(Db& db, const Policy& policy, std::int64_t end, int most) {
  const Result<std::int64_t> queue = queue_id(db, policy.name);
  if (!queue) return queue;
  auto remove = db.prepare("DELETE FROM message WHERE seq IN (SELECT seq FROM message WHERE queue = ?1 AND seq <= ?2 LIMIT ?3)");
  if (!remove) return fail(remove.error());
  if (auto done = remove->bind(1, *queue).bind(2, end).bind(3, most).run(); !done) return fail(done.error());
  const std::int64_t removed = db.changes();
  if (removed == 0) return 0;
  const auto counted = count_messages(db, policy.name, -removed);
  return counted ? Result<std::int64_t>(removed) : fail(counted.error());
}

Result<std::int64_t> redrive_rows(Db& db, const Policy& policy, std::int64_t end, int most) {
  const Result<std::int64_t> from = queue_id(db, policy.dead_letter_queue);
  if (!from || *from == 0) return from;
  const auto to = count_messages(db, policy.name, 0);
  if (!to) return fail(to.error());
  auto update = db.prepare("UPDATE message SET queue = ?1, state = 0, receive_count = 0, generation = generation + 1 WHERE seq IN"
                           " (SELECT seq FROM message WHERE queue = ?2 AND seq <= ?3 LIMIT ?4)");
  if (!update) return fail(update.error());
  if (auto done = update->bind(1, to->id).bind(2, *from).bind(3, end).bind(4, most).run(); !done) return fail(done.error());
  const std::int64_t moved = db.changes();
  if (moved == 0) return 0;
  if (const auto counted = count_messages(db, policy.dead_letter_queue, -moved); !counted) return fail(counted.error());
  const auto counted = count_messages(db, policy.name, moved);
  return counted ? Result<std::int64_t>(moved) : fail(counted.error());
}

Result<std::int64_t> expire_rows(Db& db, const Policy& policy, int most, Instant now) {
  const Result<std::int64_t> queue = queue_id(db, policy.name);
  if (!queue || *queue == 0) return queue;
  std::int64_t removed = 0;
  for (const State state : {kVisible, kInFlight, kDelayed}) {
    auto remove = db.prepare("DELETE FROM message WHERE seq IN (SELECT seq FROM (SELECT seq, sent_at FROM message INDEXED BY message_order"
                             " WHERE queue = ?1 AND state = ?2 ORDER BY seq LIMIT ?3) WHERE sent_at < ?4)");
    if (!remove) return fail(remove.error());
    remove->bind(1, *queue).bind(2, state).bind(3, most).bind(4, to_unix_ms(now - policy.retention));
    if (auto done = remove->run(); !done) return fail(done.error());
    removed += db.changes();
  }
  if (removed == 0) return 0;
  const auto counted = count_messages(db, policy.name, -removed);
  return counted ? Result<std::int64_t>(removed) : fail(counted.error());
}

}  // namespace pointsman::queue
