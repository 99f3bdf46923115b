// SPDX-License-Identifier: Apache-2.0
#include "ticket/replies.h"

#include <fmt/args.h>
#include <fmt/format.h>

#include "base/text.h"
#include "ticket/markdown.h"
#include "ticket/reply_words.h"

namespace pointsman {
namespace {

constexpr std::size_t kLongestPrefill = 8 * 1024;  // bytes of a description that a reply gives back; the rest of kLongestReply is ours
constexpr std::size_t kLongestPrefillLine = 1024;
constexpr std::size_t kLongestQuote = 300;  // bytes of a requester's text inside a sentence
constexpr std::size_t kMostFaultsShown = 20;
constexpr std::size_t kMostChoicesShown = 30;

template <class... Args>
std::string fill(std::string_view sentence, const Args&... args) {
  return fmt::vformat(sentence, fmt::make_format_args(args...));
}

std::string quote(std::string_view text) { return escape_markdown(text::cut_at(text, kLongestQuote)); }

const LanguageLabels& labels_of(const ReplyContext& context) {
  for (const LanguageLabels& labels : context.rules.format.languages)
    if (labels.language == context.language) return labels;
  return context.rules.format.languages.front();
}

// The first of a language's words for a field; a configured field has one name in all languages.
std::string shown_name(const ReplyContext& context, const std::string& field) {
  const LanguageLabels& labels = labels_of(context);
  if (field == "problem" && !labels.problem.empty()) return labels.problem.front();
  if (field == "priority" && !labels.priority.empty()) return labels.priority.front();
  if (field == "description" && !labels.description.empty()) return labels.description.front();
  return field;
}

template <class List, class Name>
std::string choices(const List& list, std::string_view separator, Name name_of) {
  std::string out;
  std::size_t shown = 0;
  for (const auto& choice : list) {
    if (shown++ == kMostChoicesShown) return out + " …";
    if (!out.empty()) out += separator;
    out += name_of(choice);
  }
  return out;
}

std::string priority_choices(const ReplyContext& context, std::string_view separator) {
  return choices(context.rules.priorities, separator, [](const PriorityLevel& level) { return level.name; });
}

const FieldRule* rule_of(const Rules& rules, std::string_view field) {
  for (const FieldRule& rule : rules.format.fields)
    if (rule.name == field) return &rule;
  return nullptr;
}

std::string field_choices(const Rules& rules, std::string_view field, std::string_view separator) {
  const FieldRule* rule = rule_of(rules, field);
  return rule == nullptr ? "" : choices(rule->allowed, separator, [](const std::string& allowed) { return allowed; });
}

std::string fault_sentence(const ReplyContext& context, const Fault& fault) {
  const ReplyWords& words = words_of(context.language);
  const auto field = fmt::arg("field", quote(shown_name(context, fault.field)));
  const auto given = fmt::arg("given", "\"" + quote(fault.given) + "\"");
  std::string out;
  switch (fault.code) {
    case FaultCode::kMissing: out = fill(words.missing, field); break;
    case FaultCode::kEmpty: out = fill(words.empty, field); break;
    case FaultCode::kTooLong: out = fill(words.too_long, field, fmt::arg("limit", fault.limit)); break;
    case FaultCode::kUnknownPriority:
      out = fill(words.unknown_priority, field, given, fmt::arg("choices", escape_markdown(priority_choices(context, ", "))));
      break;
    case FaultCode::kNotAllowed:
      out = fill(words.not_allowed, field, given, fmt::arg("choices", escape_markdown(field_choices(context.rules, fault.field, ", "))));
      break;
    case FaultCode::kControlCharacters: out = fill(words.control_characters, field); break;
  }
  if (!fault.suggestion.empty()) out += " " + fill(words.did_you_mean, fmt::arg("suggestion", quote(fault.suggestion)));
  return out;
}

std::string hint(std::string_view words) { return fmt::format("<{}>", words); }

std::string hint_of_field(const ReplyContext& context, const FieldRule& rule) {
  const ReplyWords& words = words_of(context.language);
  std::string out = rule.allowed.empty() ? std::string(words.field_hint) : field_choices(context.rules, rule.name, " | ");
  if (!rule.required) out += fmt::format("{}{}", rule.allowed.empty() ? "" : ", ", words.optional_hint);
  return hint(rule.required || !rule.allowed.empty() ? out : std::string(words.optional_hint));
}

std::string line_value(const std::optional<std::string>& given, const std::string& otherwise) {
  if (!given || text::trim(*given).empty()) return otherwise;
  return defuse_for_block(*given, kLongestPrefillLine);
}

// The correct format, with what was understood in its places.
std::string format_block(const ReplyContext& context, const Draft& draft) {
  const ReplyWords& words = words_of(context.language);
  const LanguageLabels& labels = labels_of(context);
  const std::string no_label;
  const auto first = [&no_label](const std::vector<std::string>& list) { return list.empty() ? no_label : list.front(); };
  // A priority that is none must not be sent back as if it were one.
  const bool known = draft.priority && find_priority(context.rules.priorities, *draft.priority) != nullptr;
  std::string out = fmt::format("{}: {}\n", first(labels.problem), line_value(draft.problem, hint(words.problem_hint)));
  out += fmt::format("{}: {}\n", first(labels.priority),
                     line_value(known ? draft.priority : std::nullopt, hint(priority_choices(context, " | "))));
  for (const FieldRule& rule : context.rules.format.fields) {
    std::optional<std::string> given;
    for (const Field& field : draft.fields)
      if (field.name == rule.name) given = field.value;
    out += fmt::format("{}: {}\n", rule.name, line_value(given, hint_of_field(context, rule)));
  }
  std::string description = draft.description.value_or("");
  if (text::trim(description).empty()) description = draft.unlabelled;
  if (text::trim(description).empty()) description = hint(words.description_hint);
  else description = defuse_for_block(description, kLongestPrefill);
  return out + fmt::format("{}: {}", first(labels.description), description);
}

// Markdown from the parts that a card shows one by one.
Reply assemble(std::string title, std::string body, std::string block, bool good) {
  Reply reply;
  reply.markdown = title;
  if (!body.empty()) reply.markdown += "\n\n" + body;
  if (!block.empty()) reply.markdown += "\n\n```\n" + block + "\n```";
  reply.title = std::move(title);
  reply.card_text = std::move(body);
  reply.format_block = std::move(block);
  reply.good = good;
  return reply;
}

std::string names(const std::vector<std::string>& files) {
  return choices(files, ", ", [](const std::string& file) { return quote(file); });
}

std::string minute(Instant at) {
  const std::string text = format_rfc3339(at);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

std::string status_line(const ReplyWords& words, const Ticket& ticket) {
  return fill(words.status_line, fmt::arg("number", ticket.number.value()), fmt::arg("problem", quote(ticket.problem)),
              fmt::arg("status", words.status_names[static_cast<std::size_t>(ticket.status)]),
              fmt::arg("priority", escape_markdown(ticket.priority)), fmt::arg("queue", escape_markdown(ticket.queue)),
              fmt::arg("created", minute(ticket.created_at)));
}

}  // namespace

Reply filed_reply(const ReplyContext& context, const Ticket& ticket) {
  const ReplyWords& words = words_of(context.language);
  const auto number = fmt::arg("number", ticket.number.value());
  std::string body = fill(words.filed_tip, number, fmt::arg("priority", escape_markdown(ticket.priority)));
  if (!ticket.attachments.empty()) body += "\n\n" + fill(words.attached, fmt::arg("files", names(ticket.attachments)));
  return assemble(fill(words.filed, number, fmt::arg("queue", escape_markdown(ticket.queue))), std::move(body), "", true);
}

Reply already_filed_reply(const ReplyContext& context, const Ticket& ticket) {
  return assemble(fill(words_of(context.language).already_filed, fmt::arg("number", ticket.number.value()),
                       fmt::arg("queue", escape_markdown(ticket.queue))),
                  "", "", true);
}

Reply faults_reply(const ReplyContext& context, const std::vector<Fault>& faults, const Draft& draft) {
  const ReplyWords& words = words_of(context.language);
  std::string body;
  for (std::size_t i = 0; i < faults.size() && i < kMostFaultsShown; ++i) body += "- " + fault_sentence(context, faults[i]) + "\n";
  body += "\n";
  body += words.copy_format;
  return assemble(std::string(words.not_filed), std::move(body), format_block(context, draft), false);
}

Reply help_reply(const ReplyContext& context) {
  const ReplyWords& words = words_of(context.language);
  return assemble(std::string(words.help_title), std::string(words.help_commands), format_block(context, Draft{}), true);
}

Reply status_reply(const ReplyContext& context, const Ticket& ticket) {
  const ReplyWords& words = words_of(context.language);
  std::string body;
  if (!ticket.assignee.empty()) body = fill(words.assigned_to, fmt::arg("assignee", quote(ticket.assignee)));
  return assemble(status_line(words, ticket), std::move(body), "", true);
}

Reply no_such_ticket_reply(const ReplyContext& context, TicketNumber number) {
  return assemble(fill(words_of(context.language).no_such_ticket, fmt::arg("number", number.value())), "", "", false);
}

Reply mine_reply(const ReplyContext& context, const std::vector<Ticket>& tickets) {
  const ReplyWords& words = words_of(context.language);
  if (tickets.empty()) return assemble(std::string(words.mine_none), "", "", true);
  std::string body;
  for (const Ticket& ticket : tickets) body += "- " + status_line(words, ticket) + "\n";
  return assemble(std::string(words.mine_title), std::move(body), "", true);
}

Reply not_stored_reply(const ReplyContext& context) { return assemble(std::string(words_of(context.language).not_stored), "", "", false); }
Reply uncertain_reply(const ReplyContext& context) { return assemble(std::string(words_of(context.language).uncertain), "", "", false); }
Reply too_old_reply(const ReplyContext& context) { return assemble(std::string(words_of(context.language).too_old), "", "", false); }

std::string describe(const Fault& fault) {
  switch (fault.code) {
    case FaultCode::kMissing: return fmt::format("\"{}\" is missing.", fault.field);
    case FaultCode::kEmpty: return fmt::format("\"{}\" is empty.", fault.field);
    case FaultCode::kTooLong: return fmt::format("\"{}\" is longer than {} characters.", fault.field, fault.limit);
    case FaultCode::kControlCharacters: return fmt::format("\"{}\" holds control characters.", fault.field);
    case FaultCode::kUnknownPriority:
    case FaultCode::kNotAllowed: break;
  }
  std::string out = fmt::format("\"{}\" cannot be \"{}\".", fault.field, fault.given);
  if (!fault.suggestion.empty()) out += fmt::format(" Did you mean \"{}\"?", fault.suggestion);
  return out;
}

}  // namespace pointsman
