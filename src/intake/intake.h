// SPDX-License-Identifier: Apache-2.0
//
// intake/intake.h: the use case "somebody asks for help": from a decoded Message to an answer, filing a ticket on the way when
// everything it needs is there. Every way in ends here.
//
// Threads: the I/O loop. `ledger`, `rules`, `clock`, `metrics` and `log` outlive the intake.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "ledger/ledger.h"
#include "ticket/message.h"
#include "ticket/replies.h"
#include "ticket/validation.h"

namespace pointsman::intake {

namespace net = boost::asio;

struct Options {
  std::chrono::milliseconds same_words_window{120'000};  // 0: off
  std::chrono::milliseconds max_message_age{3'600'000};  // 0: off
  std::chrono::milliseconds storing_deadline{4'000};     // then the requester is told that it is not certain; 0: waits for ever
};

// How a message ended.
enum class Outcome { kFiled, kSameDelivery, kSameWords, kFaults, kHelp, kAnswered, kTooOld, kOverloaded, kNotStored, kUncertain };
const char* name(Outcome outcome) noexcept;

struct Answer {
  Outcome outcome{};
  Reply reply;
  std::optional<Ticket> ticket;  // of the first three outcomes
  std::vector<Fault> faults;     // of kFaults
  std::optional<Error> error;    // of the last three outcomes: for the log, never for the requester
};

class Intake {
 public:
  Intake(ledger::Ledger& ledger, const Rules& rules, Options options, const Clock& clock, Metrics& metrics);
  ~Intake();

  // Answers one message: a command, or a report in the format.
  net::awaitable<Answer> take(Message message);

  // Files a draft that was given field by field; `origin.text` is not looked at.
  net::awaitable<Answer> file(Message origin, Draft draft);

 private:
  struct Counters;

  net::awaitable<Answer> answer_command(Message message, Command command, std::string language);
  net::awaitable<Answer> file_valid(Message origin, Content content, std::string language);
  Answer counted(Answer answer);
  bool is_too_old(const Message& message) const;

  ledger::Ledger& ledger_;
  const Rules& rules_;
  DraftReader reader_;
  Options options_;
  const Clock& clock_;
  std::unique_ptr<Counters> counters_;
};

}  // namespace pointsman::intake
