// SPDX-License-Identifier: Apache-2.0
// Any text as a report: it is understood or answered, and the block of the answer is understood when it comes back.
#include "fuzz/check.h"
#include "fuzz/check_reply.h"
#include "fuzz/rules.h"
#include "ticket/replies.h"

using namespace pointsman;

namespace {

std::string without_controls(std::string_view in) {
  std::string out;
  while (!in.empty())
    if (const char32_t c = text::take_code_point(in); !text::is_control(c)) text::append_utf8(out, c);
  return out;
}

// What somebody sends who copies the block: what Teams and the decoder make of it.
std::string copied(std::string_view block) { return text::plain_lines(block); }

Draft read(std::string_view text, std::string_view locale) { return read_draft(text, locale, fuzz::rules().format); }

void check_round_trip(const Draft& draft, std::string_view locale) {
  const std::string block = faults_reply({fuzz::rules(), draft.language}, {}, draft).format_block;
  const Draft again = read(copied(block), locale);
  POINTSMAN_MUST(again.problem && again.priority && again.description &&
                 again.fields.size() == fuzz::rules().format.fields.size());
  const Reply reply = faults_reply({fuzz::rules(), draft.language}, {}, again);
  POINTSMAN_MUST(reply.format_block == block);
  fuzz::must_be_safe_reply(reply);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kLocales[] = {"", "en-US", "de-DE", "fr-FR", "es-ES"};
  if (size == 0) return 0;
  const std::string_view locale = kLocales[data[0] % std::size(kLocales)];
  const std::string_view raw{reinterpret_cast<const char*>(data) + 1, size - 1};
  read_command(raw);
  validate(read(raw, locale), fuzz::rules());

  const std::string text = text::plain_lines(raw);
  const Draft draft = read(text, locale);
  for (const auto* value : {&draft.problem, &draft.priority})
    if (*value) POINTSMAN_MUST((*value)->find('\n') == std::string::npos);
  const auto content = validate(draft, fuzz::rules());
  if (!content) {
    POINTSMAN_MUST(!content.error().empty());
    fuzz::must_be_safe_reply(faults_reply({fuzz::rules(), draft.language}, content.error(), draft));
  }
  check_round_trip(read(text::plain_lines(without_controls(text)), locale),
                   locale);  // controls cannot be shown, so not sent back
  return 0;
}
