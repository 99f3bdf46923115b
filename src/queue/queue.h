// SPDX-License-Identifier: Apache-2.0
//
// queue/queue.h: the contract of a work queue, in Amazon SQS's words.
//
// A queue carries work items to whoever consumes them. It is never the record of a ticket (the ledger is), so delivery is at
// least once: a consumer may see a message again and drops the repeat by Message::id.
//
// Implementations: queue/embedded (rows in the ledger's file). All pass tests/contract/queue_suite.h, which is where the finer
// points of every promise below are written down as tests.
//
// Threads: call from the I/O loop only. No member blocks it; each awaits its own worker or socket.
// Errors: kThrottled, kUnavailable, kTimeout and kFull may be retried as they are; kInvalid and kNotFound may not.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace pointsman::queue {

namespace net = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr std::size_t kMaxBody = 1024 * 1024;  // bytes, attributes included
inline constexpr std::size_t kMaxBatch = 10;
inline constexpr std::size_t kMaxAttributes = 10;
inline constexpr std::size_t kMaxAttributeName = 256;
inline constexpr seconds kMaxDelay{15 * 60};
inline constexpr seconds kMaxVisibility{12 * 60 * 60};
inline constexpr seconds kMaxWait{20};

struct Attribute {
  std::string name;   // 1 to kMaxAttributeName of A-Z a-z 0-9 _ - .
  std::string value;  // UTF-8 like a body; a service that takes no empty ones leaves those out
  bool operator==(const Attribute&) const = default;
};

// What is sent. `id` is chosen by the sender and travels unchanged to every consumer.
struct Outgoing {
  MessageId id;
  std::string body;  // UTF-8, 1 to kMaxBody bytes, no control characters but tab, LF, CR
  std::vector<Attribute> attributes;
  seconds delay{0};  // 0 to kMaxDelay: invisible for so long after the send
};

// What is received. It stays in the queue, invisible, until it is removed or its visibility timeout has passed.
struct Message {
  MessageId id;
  std::string body;
  std::vector<Attribute> attributes;
  ReceiptHandle receipt;  // proves *this* receive; the next receive of the same message makes a new one
  int receive_count = 0;  // 1 at the first receive; one above max_receive_count and it goes to the dead-letter queue
  Instant sent_at{};
};

struct ReceiveOptions {
  int max_messages = 10;   // 1 to kMaxBatch
  seconds wait{20};        // long poll, 0 to kMaxWait; ends at once when something arrives
  seconds visibility{30};  // 0 s to kMaxVisibility
};

struct Depth {
  std::int64_t visible = 0, in_flight = 0, delayed = 0;
  milliseconds age_of_oldest{0};  // 0 when empty
};

class Queue {
 public:
  virtual ~Queue() = default;

  // Sends up to kMaxBatch messages. They are durable when this returns: a crash right after loses none of those reported sent.
  // The result has one entry a message, in order; one that failed says why, and only that one need be sent again.
  virtual net::awaitable<Result<std::vector<Result<void>>>> send(std::span<const Outgoing> messages) = 0;

  // Takes what is visible, oldest first as far as the implementation promises order. An empty vector means that nothing came
  // within options.wait; it is no error.
  virtual net::awaitable<Result<std::vector<Message>>> receive(ReceiveOptions options) = 0;

  // Ends the work on a message. Removing twice, or after the timeout while nobody else received it, succeeds. A receipt that a
  // later receive replaced is refused with kStaleReceipt: somebody else is working on that message now.
  virtual net::awaitable<Result<void>> remove(ReceiptHandle receipt) = 0;

  // Gives the holder `visibility` more from now (0: make it visible at once). The sum since its receive never passes 12 h.
  virtual net::awaitable<Result<void>> change_visibility(ReceiptHandle receipt, seconds visibility) = 0;

  // Approximate on SQS, exact on the embedded queue.
  virtual net::awaitable<Result<Depth>> depth() = 0;

  // Removes every message, in flight or not.
  virtual net::awaitable<Result<void>> purge() = 0;

  // What is next, without receiving it: no count goes up, nothing becomes invisible. Not every service can.
  virtual net::awaitable<Result<std::vector<Message>>> peek(int max_messages) = 0;

  // Moves every message of this queue's dead-letter queue back to it; how many.
  virtual net::awaitable<Result<std::int64_t>> redrive() = 0;
};

}  // namespace pointsman::queue
