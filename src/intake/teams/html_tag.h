// SPDX-License-Identifier: Apache-2.0
//
// intake/teams/html_tag.h: cuts markup into tags. No tree, no recursion; all calls on one document together take linear time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pointsman::teams {

struct Tag {
  std::string_view name;        // as written; empty for comments, doctypes and the like
  std::string_view attributes;  // raw, for attribute()
  bool closing = false;
  std::size_t length = 0;  // bytes from '<' to '>'; 0: no tag starts here, the '<' means itself
};

class TagReader {
 public:
  // `document` outlives the reader.
  explicit TagReader(std::string_view document) : document_(document) {}

  // The name of the tag that may start at `at`, where a '<' stands; empty when what follows is no name. Bounded time.
  std::string_view name_at(std::size_t at) const noexcept;

  // The tag that starts at `at`, where a '<' stands. A tag with a quote that is never closed ends at its first '>'; one that has
  // no '>' at all is none. A comment or CDATA section that is not closed reaches to the end.
  Tag read(std::size_t at) noexcept;

 private:
  std::size_t find_end(std::size_t from) noexcept;
  Tag read_declaration(std::size_t at) const noexcept;

  std::string_view document_;
  // What a search that reached the end in vain has shown, so that none does so twice.
  bool no_more_ends_ = false, quotes_broken_ = false;
};

// The value of an attribute, name in lower case, quoted in any way or not at all, references decoded; empty when it has none.
// Nothing when it is absent.
std::optional<std::string> attribute(std::string_view attributes, std::string_view name);

}  // namespace pointsman::teams
