// SPDX-License-Identifier: Apache-2.0
// Any chat HTML, and any chat text.
#include "fuzz/check.h"
#include "intake/teams/html_text.h"

using namespace pointsman;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view html{reinterpret_cast<const char*>(data), size};
  for (const std::string& text : {teams::html_to_text(html), teams::chat_text_to_text(html)}) {
    fuzz::must_be_plain_text(text);
    POINTSMAN_MUST(text.size() <= 10 * size + 64);  // the marker of a deep list's item is the longest thing we add
  }
  return 0;
}
