// SPDX-License-Identifier: Apache-2.0
#include "ticket/replies.h"

#include <algorithm>

#include <fmt/args.h>
#include <fmt/format.h>

#include "base/text.h"
#include "ticket/hints.h"
#include "ticket/markdown.h"
#include "ticket/reply_words.h"

namespace pointsman {
namespace {

// Bytes. All that a reply can hold together stays below kLongestReply; the last word on that has assemble().
constexpr std::size_t kLongestPrefill = 8 * 1024;  // of a description that a reply gives back
constexpr std::size_t kLongestPrefillLine = 1024;
constexpr std::size_t kLongestQuote = 300;  // of a requester's text inside a sentence, escaped
constexpr std::size_t kLongestChoices = 600;
constexpr std::size_t kLongestBody = 7 * 1024;

template <class... Args>
std::string fill(std::string_view sentence, const Args&... args) {
  return fmt::vformat(sentence, fmt::make_format_args(args...));
}

// A requester's text inside a sentence: escaped, and cut to a length that leaves room for the sentence.
std::string quote(std::string_view in) {
  std::string_view kept = text::cut_at(in, kLongestQuote);
  std::string out = escape_markdown(kept);
  while (out.size() > kLongestQuote) {
    kept = text::cut_at(kept, kept.size() - std::max<std::size_t>(kept.size() / 4, 1));
    out = escape_markdown(kept);
  }
  return kept.size() < in.size() ? out + std::string(kEllipsis) : out;
}

std::string escaped_choices(std::string_view choices) {
  const std::string_view kept = text::cut_at(choices, kLongestChoices);
  return escape_markdown(kept) + (kept.size() < choices.size() ? std::string(kEllipsis) : "");
}

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

const FieldRule* rule_of(const Rules& rules, std::string_view field) {
  for (const FieldRule& rule : rules.format.fields)
    if (rule.name == field) return &rule;
  return nullptr;
}

// What a faulty value could have been instead; empty when anything, or nothing, is allowed.
std::string choices_for(const Rules& rules, const Fault& fault) {
  if (fault.code == FaultCode::kUnknownPriority) return escaped_choices(priority_choices(rules.priorities, ", "));
  const FieldRule* rule = rule_of(rules, fault.field);
  return rule == nullptr ? "" : escaped_choices(field_choices(*rule, ", "));
}

std::string fault_sentence(const ReplyContext& context, const Fault& fault) {
  const ReplyWords& words = words_of(context.language);
  const std::string shown = quote(shown_name(context, fault.field)), said = "\"" + quote(fault.given) + "\"";
  const auto field = fmt::arg("field", shown), given = fmt::arg("given", said);  // these refer to the texts above
  std::string out;
  switch (fault.code) {
    case FaultCode::kMissing: out = fill(words.missing, field); break;
    case FaultCode::kEmpty: out = fill(words.empty, field); break;
    case FaultCode::kTooLong: out = fill(words.too_long, field, fmt::arg("limit", fault.limit)); break;
    case FaultCode::kUnknownPriority:
      out = fill(words.unknown_priority, field, given, fmt::arg("choices", choices_for(context.rules, fault)));
      break;
    case FaultCode::kNotAllowed:
      out = fill(words.not_allowed, field, given, fmt::arg("choices", choices_for(context.rules, fault)));
      break;
    case FaultCode::kControlCharacters: out = fill(words.control_characters, field); break;
  }
  if (!fault.suggestion.empty()) out += " " + fill(words.did_you_mean, fmt::arg("suggestion", quote(fault.suggestion)));
  return out;
}

// What was given, as one line of the format; the hint where nothing was.
std::string line_value(const std::optional<std::string>& given, bool is_hint, const std::string& hint) {
  if (!given || is_hint || text::trim(*given).empty()) return hint;
  return defuse_for_block(text::one_line(*given), kLongestPrefillLine);
}

// One entry of the format. A bar where the value begins would be read as the rim of a table's cell, unless it begins a line.
std::string entry(std::string_view label, std::string_view value) {
  return fmt::format("{}:{}{}", label, value.starts_with('|') ? '\n' : ' ', value);
}

std::string description_value(const Draft& draft, const ReplyWords& words) {
  std::string_view given = draft.description ? text::trim(*draft.description) : std::string_view{};
  if (given.empty() || is_text_hint(given)) given = text::trim(draft.unlabelled);
  const std::string value = defuse_for_block(given, kLongestPrefill);
  return value.empty() ? description_hint(words) : value;
}

std::string field_line(const ReplyContext& context, const Draft& draft, const FieldRule& rule) {
  std::optional<std::string> given;
  for (const Field& field : draft.fields)
    if (field.name == rule.name) given = field.value;
  const bool is_hint = given && is_field_hint(*given, rule);
  return entry(rule.name, line_value(given, is_hint, field_hint(rule, words_of(context.language)))) + '\n';
}

// The correct format, with what was understood in its places.
std::string format_block(const ReplyContext& context, const Draft& draft) {
  const ReplyWords& words = words_of(context.language);
  const LanguageLabels& labels = labels_of(context);
  const std::vector<PriorityLevel>& levels = context.rules.priorities;
  const std::string no_label;
  const auto first = [&no_label](const std::vector<std::string>& list) -> const std::string& {
    return list.empty() ? no_label : list.front();
  };
  // A priority that is none must not be sent back as if it were one.
  const bool known = draft.priority && read_priority(levels, *draft.priority) != nullptr;
  const bool is_hint = draft.priority && is_priority_hint(*draft.priority, levels);
  const bool is_problem_hint = draft.problem && is_text_hint(*draft.problem);
  std::string out = entry(first(labels.problem), line_value(draft.problem, is_problem_hint, problem_hint(words))) + '\n';
  out +=
      entry(first(labels.priority), line_value(known ? draft.priority : std::nullopt, is_hint, priority_hint(levels))) + '\n';
  for (const FieldRule& rule : context.rules.format.fields) out += field_line(context, draft, rule);
  return out + entry(first(labels.description), description_value(draft, words));
}

// `in`, or as much of it as fits, in bytes of JSON.
std::string fitted(std::string in, std::size_t longest) {
  if (json_bytes(in) <= longest) return in;
  return std::string(cut_to_json_bytes(in, longest - kEllipsis.size())) + std::string(kEllipsis);
}

// Markdown from the parts that a card shows one by one.
Reply assemble(std::string title, std::string body, std::string block, bool good) {
  constexpr std::string_view kFence = "\n\n```\n", kFenceEnd = "\n```";
  constexpr std::size_t kLongestTitle = 2048, kBetween = 32;  // line breaks and fences, as JSON
  Reply reply;
  reply.title = fitted(std::move(title), kLongestTitle);
  reply.card_text = fitted(std::move(body), kLongestBody);
  const std::size_t left = kLongestReply - json_bytes(reply.title) - json_bytes(reply.card_text) - kBetween;
  reply.format_block = fitted(std::move(block), left);
  reply.good = good;
  reply.markdown = reply.title;
  if (!reply.card_text.empty()) reply.markdown += "\n\n" + reply.card_text;
  if (!reply.format_block.empty()) reply.markdown += std::string(kFence) + reply.format_block + std::string(kFenceEnd);
  return reply;
}

std::string names(const std::vector<std::string>& files) {
  std::string out;
  for (const std::string& file : files) out += (out.empty() ? "" : ", ") + quote(file);
  return out;
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
  const std::string ending = "\n" + std::string(words.copy_format);
  std::string body;
  for (const Fault& fault : faults) {
    const std::string line = "- " + fault_sentence(context, fault) + "\n";
    if (json_bytes(body) + json_bytes(line) + json_bytes(ending) + kEllipsis.size() + 4 > kLongestBody) {
      body += "- " + std::string(kEllipsis) + "\n";
      break;
    }
    body += line;
  }
  body += ending;
  return assemble(std::string(words.not_filed), std::move(body), format_block(context, draft), false);
}

Reply help_reply(const ReplyContext& context) {
  const ReplyWords& words = words_of(context.language);
  std::string body = std::string(words.help_commands) + "\n\n" + std::string(words.help_format);
  return assemble(std::string(words.help_title), std::move(body), format_block(context, Draft{}), true);
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
