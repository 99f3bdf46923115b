// SPDX-License-Identifier: Apache-2.0
#include "intake/intake.h"

#include <array>
#include <cstring>

#include <openssl/sha.h>

#include "base/text.h"

namespace pointsman::intake {
namespace {

constexpr int kMostTicketsShown = 10;  // by `mine`
constexpr std::array kOutcomes{Outcome::kFiled,   Outcome::kSameDelivery, Outcome::kSameWords,
                               Outcome::kFaults,  Outcome::kHelp,         Outcome::kAnswered,
                               Outcome::kTooOld,  Outcome::kOverloaded,   Outcome::kNotStored,
                               Outcome::kUncertain};

// Folds case and every run of white space, so that a message typed again by hand is the same words.
void append_folded(std::string& out, std::string_view in) {
  const std::string lowered = text::to_lower(in);
  bool space = false;
  for (std::string_view rest = lowered; !rest.empty();) {
    if (const std::size_t word = text::plain_prefix(rest, '!'); word > 0) {
      if (space) out += ' ';
      space = false;
      out += rest.substr(0, word);
      rest.remove_prefix(word);
      continue;
    }
    const char32_t c = text::take_code_point(rest);
    if (text::is_space(c)) {
      space = true;
      continue;
    }
    if (space) out += ' ';
    space = false;
    text::append_utf8(out, c);
  }
  out += '\0';
}

// Who said what. Cryptographic, so that nobody can craft words that collide with another person's report.
std::uint64_t hash_of_words(const Message& origin, const Content& content) {
  std::string all;
  for (const std::string* part : {&origin.source, &origin.tenant, &origin.requester.id}) {
    all += *part;
    all += '\0';
  }
  append_folded(all, content.problem);
  append_folded(all, content.priority);
  append_folded(all, content.description);
  for (const Field& field : content.fields) append_folded(all, field.name), append_folded(all, field.value);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(all.data()), all.size(), digest.data());
  std::uint64_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash == 0 ? 1 : hash;
}

// Begins with the message id, which counts up in every known source, so that the ledger's index grows at its right edge. An id is
// unique within its conversation; where none is named, at most for its sender.
std::string delivery_key(const Message& origin) {
  if (origin.message_id.empty()) return {};
  std::string key = origin.message_id;
  const auto append = [&key](const std::string& part) {
    key += '\x1f';
    key += part;
  };
  append(origin.source);
  append(origin.team);
  append(origin.conversation);
  if (!origin.conversation.empty()) return key;
  append(origin.tenant);
  append(origin.requester.id);
  return key;
}

// Whoever has no id is nobody in particular: two such messages must not be taken for one person's.
bool is_known(const Person& person) { return !person.id.empty(); }

bool is_theirs(const Ticket& ticket, const Message& message) {
  return is_known(message.requester) && ticket.source == message.source && ticket.tenant == message.tenant &&
         ticket.requester.id == message.requester.id;
}

Ticket to_ticket(Message origin, Content content, const PriorityLevel& level, Instant now) {
  Ticket ticket;
  ticket.id = TicketId{new_uuid_v7(to_unix_ms(now))};
  ticket.problem = std::move(content.problem);
  ticket.description = std::move(content.description);
  ticket.priority = std::move(content.priority);
  ticket.stated_priority = std::move(content.stated_priority);
  ticket.queue = level.queue;
  ticket.source = std::move(origin.source);
  ticket.team = std::move(origin.team);
  ticket.tenant = std::move(origin.tenant);
  ticket.requester = std::move(origin.requester);
  ticket.fields = std::move(content.fields);
  ticket.attachments = std::move(origin.attachments);
  ticket.created_at = ticket.updated_at = now;
  return ticket;
}

Outcome outcome_of(ledger::Filed::How how) {
  switch (how) {
    case ledger::Filed::How::kNew: return Outcome::kFiled;
    case ledger::Filed::How::kSameDelivery: return Outcome::kSameDelivery;
    case ledger::Filed::How::kSameWords: return Outcome::kSameWords;
  }
  return Outcome::kFiled;
}

Answer not_stored(const ReplyContext& context, Error error) {
  const bool overloaded = error.code == Errc::kThrottled;
  if (error.code == Errc::kTimeout)
    return {.outcome = Outcome::kUncertain, .reply = uncertain_reply(context), .ticket = {}, .faults = {}, .error = std::move(error)};
  return {.outcome = overloaded ? Outcome::kOverloaded : Outcome::kNotStored,
          .reply = not_stored_reply(context),
          .ticket = {},
          .faults = {},
          .error = std::move(error)};
}

}  // namespace

const char* name(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::kFiled: return "filed";
    case Outcome::kSameDelivery: return "same_delivery";
    case Outcome::kSameWords: return "same_words";
    case Outcome::kFaults: return "faults";
    case Outcome::kHelp: return "help";
    case Outcome::kAnswered: return "answered";
    case Outcome::kTooOld: return "too_old";
    case Outcome::kOverloaded: return "overloaded";
    case Outcome::kNotStored: return "not_stored";
    case Outcome::kUncertain: return "uncertain";
  }
  return "unknown";
}

struct Intake::Counters {
  std::array<Counter*, kOutcomes.size()> by_outcome;

  explicit Counters(Metrics& metrics) {
    for (const Outcome outcome : kOutcomes)
      by_outcome[static_cast<std::size_t>(outcome)] =
          &metrics.counter("pointsman_intake_total", "Genuine messages by how they ended.", {{"outcome", name(outcome)}});
  }
};

Intake::Intake(ledger::Ledger& ledger, const Rules& rules, Options options, const Clock& clock, Metrics& metrics)
    : ledger_(ledger), rules_(rules), reader_(rules.format), options_(options), clock_(clock), counters_(std::make_unique<Counters>(metrics)) {}

Intake::~Intake() = default;

Answer Intake::counted(Answer answer) {
  counters_->by_outcome[static_cast<std::size_t>(answer.outcome)]->add();
  return answer;
}

bool Intake::is_too_old(const Message& message) const {
  return options_.max_message_age.count() > 0 && message.sent_at && clock_.now() - *message.sent_at > options_.max_message_age;
}

net::awaitable<Answer> Intake::take(Message message) {
  Draft draft = reader_.read(message.text, message.locale);
  const Command command = read_command(message.text);
  if (command.kind != Command::Kind::kNone)
    co_return counted(co_await answer_command(std::move(message), command, std::move(draft.language)));
  co_return co_await file(std::move(message), std::move(draft));
}

net::awaitable<Answer> Intake::file(Message origin, Draft draft) {
  auto content = validate(draft, rules_);
  if (content) co_return counted(co_await file_valid(std::move(origin), std::move(*content), std::move(draft.language)));
  Reply reply = faults_reply({rules_, draft.language}, content.error(), draft);
  co_return counted({.outcome = Outcome::kFaults,
                     .reply = std::move(reply),
                     .ticket = {},
                     .faults = std::move(content.error()),
                     .error = {}});
}

net::awaitable<Answer> Intake::file_valid(Message origin, Content content, std::string language) {
  const ReplyContext context{rules_, language};
  const PriorityLevel* level = find_priority(rules_.priorities, content.priority);
  if (level == nullptr) co_return not_stored(context, {Errc::kInternal, "a validated priority has no level", {}});

  ledger::NewTicket filing;
  filing.delivery_key = delivery_key(origin);
  // A repeat of what is filed is answered whatever its age; only what would be new can be a replay.
  filing.only_if_known = is_too_old(origin);
  if (options_.same_words_window.count() > 0 && is_known(origin.requester)) {
    filing.words_hash = hash_of_words(origin, content);
    filing.same_words_window = options_.same_words_window;
  }
  filing.patience = options_.storing_deadline;
  filing.ticket = to_ticket(std::move(origin), std::move(content), *level, clock_.now());

  Result<ledger::Filed> filed = co_await ledger_.file(std::move(filing));
  if (!filed && filed.error().code == Errc::kNotFound)
    co_return Answer{.outcome = Outcome::kTooOld, .reply = too_old_reply(context), .ticket = {}, .faults = {}, .error = {}};
  if (!filed) co_return not_stored(context, std::move(filed.error()));
  Reply reply = filed->how == ledger::Filed::How::kSameWords ? already_filed_reply(context, filed->ticket)
                                                             : filed_reply(context, filed->ticket);
  co_return Answer{.outcome = outcome_of(filed->how),
                   .reply = std::move(reply),
                   .ticket = std::move(filed->ticket),
                   .faults = {},
                   .error = {}};
}

net::awaitable<Answer> Intake::answer_command(Message message, Command command, std::string language) {
  const ReplyContext context{rules_, language};
  Answer answer{.outcome = Outcome::kAnswered, .reply = {}, .ticket = {}, .faults = {}, .error = {}};
  if (command.kind == Command::Kind::kHelp) {
    answer.outcome = Outcome::kHelp;
    answer.reply = help_reply(context);
    co_return answer;
  }
  if (is_too_old(message)) {  // a captured question must not be answered to whoever sends it again
    answer.outcome = Outcome::kTooOld;
    answer.reply = too_old_reply(context);
    co_return answer;
  }
  if (command.kind == Command::Kind::kStatus) {
    Result<Ticket> ticket = co_await ledger_.find(command.number);
    // Somebody else's ticket and no ticket are the same answer: numbers are easy to guess.
    if (!ticket && ticket.error().code != Errc::kNotFound) co_return not_stored(context, std::move(ticket.error()));
    answer.reply = ticket && is_theirs(*ticket, message) ? status_reply(context, *ticket) : no_such_ticket_reply(context, command.number);
    co_return answer;
  }
  std::vector<Ticket> theirs;
  if (is_known(message.requester)) {
    Result<std::vector<Ticket>> found = co_await ledger_.of_requester(message.tenant, message.requester.id, kMostTicketsShown);
    if (!found) co_return not_stored(context, std::move(found.error()));
    theirs = std::move(*found);
    std::erase_if(theirs, [&message](const Ticket& ticket) { return !is_theirs(ticket, message); });
  }
  answer.reply = mine_reply(context, theirs);
  co_return answer;
}

}  // namespace pointsman::intake
