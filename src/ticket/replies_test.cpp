// SPDX-License-Identifier: Apache-2.0
#include "ticket/replies.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "support/hostile_text.h"
#include "ticket/hints.h"
#include "ticket/markdown.h"

namespace pointsman {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

Rules example_rules() {
  return {{built_in_languages(),
           {{.name = "Category", .labels = {}, .required = false, .allowed = {"Hardware", "Software"}},
            {.name = "Location", .labels = {}, .required = true, .allowed = {}}}},
          built_in_priorities(),
          {}};
}

Ticket example_ticket() {
  Ticket ticket;
  ticket.number = TicketNumber{1042};
  ticket.problem = "Printer *jammed*";
  ticket.priority = ticket.queue = "high";
  ticket.created_at = Instant{1'700'000'000'000ms};
  return ticket;
}

// What a person who copies the block and sends it again has sent, once it is decoded.
std::string copied(std::string block) {
  for (std::size_t at; (at = block.find(kZeroWidthSpace)) != block.npos;) block.erase(at, kZeroWidthSpace.size());
  return block;
}

Reply reply_to(std::string_view text, const Rules& rules, std::string_view locale = "") {
  const Draft draft = read_draft(text, locale, rules.format);
  const auto content = validate(draft, rules);
  EXPECT_FALSE(content) << text;
  return content ? Reply{} : faults_reply({rules, draft.language}, content.error(), draft);
}

TEST(FiledReply, names_number_queue_and_files) {
  const Rules rules = example_rules();
  Ticket ticket = example_ticket();
  ticket.attachments = {"a_b.png", "c.txt"};
  const Reply reply = filed_reply({rules, "en"}, ticket);
  EXPECT_EQ(reply.markdown,
            "✅ Filed as **#1042** on the queue **high**.\n\n"
            "Priority: high. To see how it stands, write `status #1042`.\n\n"
            "Attached files stay in this chat: a\\_b.png, c.txt.");
  EXPECT_TRUE(reply.good);
  EXPECT_TRUE(reply.format_block.empty());
  EXPECT_THAT(already_filed_reply({rules, "en"}, ticket).markdown, HasSubstr("Already filed as **#1042**"));
  EXPECT_THAT(already_filed_reply({rules, "en"}, ticket).markdown, HasSubstr("**high**"));
}

TEST(FaultsReply, tells_all_faults_and_gives_the_format_prefilled) {
  const Reply reply = reply_to("Problem: Printer\nPriority: hihg\nCategory: Hardwear", example_rules());
  EXPECT_EQ(reply.markdown,
            "⚠️ Not filed yet. Please mend this:\n\n"
            "- **Priority** is not one I know: \"hihg\". Choose one of: high, medium, low. Did you mean **high**?\n"
            "- **Description** is missing.\n"
            "- **Category** cannot be \"Hardwear\". Choose one of: Hardware, Software. Did you mean **Hardware**?\n"
            "- **Location** is missing.\n\n"
            "Copy this, complete it, and send it to me again:\n\n"
            "```\n"
            "Problem: Printer\n"
            "Priority: (high | medium | low)\n"
            "Category: Hardwear\n"
            "Location: (please fill in)\n"
            "Description: (what happens, where, since when, what you have tried)\n"
            "```");
  EXPECT_FALSE(reply.good);
}

TEST(FaultsReply, text_without_labels_is_put_where_the_description_belongs) {
  const Reply reply = reply_to("my printer is broken\nsince noon", example_rules());
  EXPECT_THAT(reply.format_block, HasSubstr("Problem: (what is wrong, in one line)\n"));
  EXPECT_THAT(reply.format_block, testing::EndsWith("Description: my printer is broken\nsince noon"));
}

TEST(FaultsReply, the_empty_format_sent_back_gets_the_empty_format_in_every_language) {
  Rules rules = example_rules();
  for (const ReplyWords& words : all_reply_words()) {
    const std::string block = help_reply({rules, words.language}).format_block;
    const Reply reply = reply_to(copied(block), rules);
    EXPECT_EQ(reply.format_block, block);
    EXPECT_THAT(reply.markdown, Not(HasSubstr(std::string(words.did_you_mean.substr(0, 9)))));
  }
}

TEST(FaultsReply, speaks_the_language_of_the_labels_else_of_the_locale) {
  const Rules rules = example_rules();
  EXPECT_THAT(reply_to("Problem: x\nPriorität: hoch", rules, "en-US").markdown, HasSubstr("**Beschreibung** fehlt."));
  EXPECT_THAT(reply_to("Problème: x\nPriorité: haute", rules, "de-DE").markdown, HasSubstr("**Description** manque."));
  EXPECT_THAT(reply_to("Problema: x\nPrioridad: alta", rules, "de-DE").markdown, HasSubstr("Falta **Descripción**."));
  EXPECT_THAT(reply_to("kaputt", rules, "de-DE").markdown, HasSubstr("**Priorität** fehlt."));
  EXPECT_THAT(reply_to("kaputt", rules, "nb-NO").markdown, HasSubstr("**Priority** is missing."));
}

TEST(FaultsReply, shows_the_first_configured_label_of_a_language_without_words_of_its_own) {
  Rules rules = example_rules();
  rules.format.languages = {{"nl", {"Probleem", "Storing"}, {"Prioriteit"}, {"Omschrijving"}}};
  EXPECT_THAT(reply_to("stuk", rules).markdown, HasSubstr("**Prioriteit** is missing."));
  EXPECT_THAT(reply_to("stuk", rules).format_block, testing::StartsWith("Probleem: (what is wrong"));
}

TEST(HelpReply, gives_the_format_and_the_commands) {
  const Rules rules = example_rules();
  for (const ReplyWords& words : all_reply_words()) {
    const Reply reply = help_reply({rules, words.language});
    EXPECT_THAT(reply.markdown, HasSubstr("`status #1042`"));
    // What to do with the format stands right above it.
    EXPECT_THAT(reply.markdown, HasSubstr(std::string(words.help_format) + "\n\n```\n"));
    EXPECT_THAT(reply.markdown, HasSubstr("high | medium | low"));
    EXPECT_THAT(reply.markdown, HasSubstr("Category: (Hardware | Software, "));
    EXPECT_TRUE(reply.good);
  }
}

// A block that comes back is read as what it was made from, whatever the requester had written.
TEST(FormatBlock, can_be_sent_back_and_is_understood) {
  const Rules rules = example_rules();
  test::HostileTexts texts(3);
  for (int i = 0; i < 4000; ++i) {
    Draft draft;
    if (i % 5 != 0) draft.problem = "p " + text::one_line(texts.next(1 + i % 7)) + " p";
    if (i % 3 != 0) draft.priority = i % 2 == 0 ? "urgent" : "hihg";
    draft.description = "d " + texts.next(1 + i % 11) + " d";
    if (i % 4 == 0) draft.fields = {{"Location", "l " + text::one_line(texts.next(3)) + " l"}};
    draft.language = all_reply_words()[static_cast<std::size_t>(i) % 4].language;

    const std::string block = faults_reply({rules, draft.language}, {}, draft).format_block;
    const Draft again = read_draft(copied(block), draft.language, rules.format);
    const auto shown = [](std::string_view given) {  // controls are dropped, they could not be shown
      std::string out;
      for (std::string_view rest = given; !rest.empty();)
        if (const char32_t c = text::take_code_point(rest); !text::is_control(c)) text::append_utf8(out, c);
      return out;
    };
    EXPECT_EQ(again.problem, draft.problem ? text::one_line(shown(*draft.problem)) : problem_hint(words_of(draft.language)))
        << block;
    EXPECT_EQ(again.priority, draft.priority == "urgent" ? "urgent" : priority_hint(rules.priorities)) << block;
    EXPECT_EQ(again.description, text::trim(shown(text::plain_lines(*draft.description)))) << block;
    ASSERT_EQ(again.fields.size(), 2u) << block;
    const std::string location =
        draft.fields.empty() ? field_hint(rules.format.fields[1], words_of(draft.language)) : draft.fields[0].value;
    EXPECT_EQ(again.fields[1].value, text::one_line(shown(location))) << block;
    EXPECT_EQ(again.language, draft.language);
  }
}

TEST(FormatBlock, filled_in_it_is_filed) {
  const Rules rules = example_rules();
  std::string block = copied(reply_to("Problem: [x](http://e)\nDescription: ```\n<b>&amp;\n```", rules).format_block);
  const auto fill_in = [&block](const std::string& hint, const std::string& value) {
    block.replace(block.find(hint), hint.size(), value);
  };
  fill_in("(high | medium | low)", "high");
  fill_in("(please fill in)", "room 4");
  const auto content = validate(read_draft(block, "", rules.format), rules);
  ASSERT_TRUE(content);
  EXPECT_EQ(content->problem, "[x](http://e)");
  EXPECT_EQ(content->description, "```\n<b>&amp;\n```");
  EXPECT_EQ(content->fields, (std::vector<Field>{{"Location", "room 4"}}));
}

TEST(StatusReply, tells_how_a_ticket_stands_in_the_words_of_the_language) {
  const Rules rules = example_rules();
  Ticket ticket = example_ticket();
  ticket.status = Status::kInProgress;
  ticket.assignee = "ada_l";
  EXPECT_EQ(status_reply({rules, "en"}, ticket).markdown,
            "**#1042** Printer \\*jammed\\*: **in progress**, priority high, queue high, filed 2023-11-14 22:13 "
            "UTC.\n\nada\\_l is working on it.");
  EXPECT_THAT(status_reply({rules, "de"}, ticket).markdown, HasSubstr("**in Arbeit**"));
  EXPECT_THAT(no_such_ticket_reply({rules, "en"}, TicketNumber{7}).markdown, HasSubstr("**#7**"));
  for (const ReplyWords& words : all_reply_words())
    for (const std::string_view status : words.status_names) EXPECT_FALSE(status.empty());
}

TEST(MineReply, lists_one_ticket_a_line) {
  const Rules rules = example_rules();
  Ticket second = example_ticket();
  second.number = TicketNumber{7};
  second.problem = "two\nlines";
  const Reply reply = mine_reply({rules, "en"}, {example_ticket(), second});
  EXPECT_THAT(reply.markdown, HasSubstr("\n- **#1042** Printer"));
  EXPECT_THAT(reply.markdown, HasSubstr("\n- **#7** two lines: **new**"));
  EXPECT_THAT(mine_reply({rules, "en"}, {}).markdown, HasSubstr("no open tickets"));
}

TEST(Replies, every_sentence_of_every_language_can_be_filled_in) {
  const Rules rules = example_rules();
  Draft draft;
  std::vector<Fault> faults;
  for (const FaultCode code : {FaultCode::kMissing, FaultCode::kEmpty, FaultCode::kTooLong, FaultCode::kUnknownPriority,
                               FaultCode::kNotAllowed, FaultCode::kControlCharacters})
    faults.push_back({"Category", code, "gi{v}en", "sug{0}gestion", 7});
  Ticket ticket = example_ticket();
  ticket.assignee = "ada";
  ticket.attachments = {"x"};
  for (const ReplyWords& words : all_reply_words()) {
    const ReplyContext context{rules, words.language};
    std::vector<Reply> replies{filed_reply(context, ticket),
                               already_filed_reply(context, ticket),
                               faults_reply(context, faults, draft),
                               help_reply(context),
                               status_reply(context, ticket),
                               no_such_ticket_reply(context, TicketNumber{7}),
                               mine_reply(context, {ticket}),
                               mine_reply(context, {}),
                               not_stored_reply(context),
                               too_old_reply(context)};
    for (const Reply& reply : replies) {
      EXPECT_FALSE(reply.title.empty());
      EXPECT_THAT(reply.markdown, Not(HasSubstr("{field}")));
      EXPECT_THAT(reply.markdown, Not(HasSubstr("{number}")));
      EXPECT_TRUE(text::is_valid_utf8(reply.markdown));
    }
    EXPECT_THAT(replies[2].markdown, HasSubstr("gi\\{v\\}en")) << words.language;
    EXPECT_THAT(replies[2].markdown, HasSubstr("sug\\{0\\}gestion")) << words.language;
    EXPECT_THAT(replies[2].markdown, HasSubstr("7")) << words.language;
  }
}

TEST(Replies, an_unknown_language_is_answered_in_english) { EXPECT_EQ(words_of("xx").language, "en"); }

// Names and texts as long and as hostile as can be; many fields with many choices.
TEST(Replies, never_pass_the_limit) {
  Rules rules = example_rules();
  for (int i = 0; i < 20; ++i) {
    FieldRule rule{.name = "Field" + std::to_string(i) + std::string(50, '`'), .labels = {}, .required = true, .allowed = {}};
    for (int j = 0; j < 50; ++j) rule.allowed.push_back("choice " + std::to_string(j) + " of **many**");
    rules.format.fields.push_back(rule);
  }
  for (const std::string_view piece : {"`", "\"", "\\", "<", "{{", "@x", "🖨️", "\x01", "\n", "- ", "www.", "a b", "é"}) {
    const std::string text = "x" + test::repeated(piece, 20'000) + "x";
    Draft draft;
    draft.problem = draft.priority = draft.description = draft.unlabelled = text;
    for (const FieldRule& rule : rules.format.fields) draft.fields.push_back({rule.name, text.substr(0, 2000)});
    draft.fields.push_back({text, text.substr(0, 2000)});
    const auto content = validate(draft, rules);
    ASSERT_FALSE(content);
    Ticket ticket = example_ticket();
    ticket.problem = ticket.assignee = ticket.priority = ticket.queue = text;
    ticket.attachments.assign(20, text);
    const ReplyContext context{rules, "en"};
    for (const Reply& reply : {faults_reply(context, content.error(), draft), status_reply(context, ticket),
                               mine_reply(context, std::vector<Ticket>(10, ticket)), filed_reply(context, ticket),
                               already_filed_reply(context, ticket), help_reply(context)}) {
      EXPECT_LE(json_bytes(reply.markdown), kLongestReply);
      EXPECT_TRUE(text::is_valid_utf8(reply.markdown));
      EXPECT_EQ(reply.markdown.ends_with("\n```"), !reply.format_block.empty());
    }
  }
}

TEST(Describe, tells_a_fault_in_a_sentence) {
  EXPECT_EQ(describe({"problem", FaultCode::kMissing, "", "", 0}), "\"problem\" is missing.");
  EXPECT_EQ(describe({"problem", FaultCode::kEmpty, "", "", 0}), "\"problem\" is empty.");
  EXPECT_EQ(describe({"problem", FaultCode::kTooLong, "", "", 200}), "\"problem\" is longer than 200 characters.");
  EXPECT_EQ(describe({"problem", FaultCode::kControlCharacters, "", "", 0}), "\"problem\" holds control characters.");
  EXPECT_EQ(describe({"priority", FaultCode::kUnknownPriority, "hihg", "high", 0}),
            "\"priority\" cannot be \"hihg\". Did you mean \"high\"?");
  EXPECT_EQ(describe({"Category", FaultCode::kNotAllowed, "x", "", 0}), "\"Category\" cannot be \"x\".");
}

}  // namespace
}  // namespace pointsman
