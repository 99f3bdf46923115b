// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/html_text.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"
#include "intake/teams/html_entity.h"
#include "intake/teams/html_tag.h"
#include "intake/teams/plain_text.h"

namespace pointsman::teams {
namespace {

constexpr std::size_t kDeepestList = 16;       // deeper lists are shown as deep as this
constexpr std::size_t kLongestAddress = 2048;  // of a link; longer ones are left out
constexpr std::array<std::string_view, 25> kBlocks{"address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figure",
                                                   "footer",  "form",    "h1",    "h2",         "h3", "h4",  "h5", "h6", "header",
                                                   "hr",      "main",    "nav",   "p",          "section", "table", "tbody"};
constexpr std::array<std::string_view, 7> kHidden{"head", "noscript", "quoted", "script", "style", "template", "title"};
static_assert(std::is_sorted(kBlocks.begin(), kBlocks.end()) && std::is_sorted(kHidden.begin(), kHidden.end()));

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& sorted, std::string_view name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

bool has_type(const Tag& tag, std::string_view type) {
  const auto value = attribute(tag.attributes, "itemtype");
  return value && value->ends_with(type);
}

// A link's address as people should see it; empty when it is none to be shown.
std::string shown_address(const Tag& tag) {
  std::string address = attribute(tag.attributes, "href").value_or("");
  if (address.size() > kLongestAddress) return {};
  if (address.starts_with("mailto:")) return address.substr(std::string_view("mailto:").size());
  for (const std::string_view scheme : {"http://", "https://", "ftp://", "file:", "tel:"})
    if (address.starts_with(scheme)) return address;
  return {};
}

// Tells the webhook's own mention from those of people. The first mention is how the webhook was called: no part of what was
// said.
class Mentions {
 public:
  // `id` is the client's number for it; empty where it gives none.
  void open(PlainText& text, const std::string& id) {
    // A name of several words may come in pieces: <at>Help</at>&nbsp;<at>Desk</at>, or twice with one number.
    mark_ = text.mark();
    continues_ = own_seen_ && id == own_id_ && text::trim(text.since(own_end_)).empty() && (text.holds_blank() || !id.empty());
    id_ = id;
    has_image_ = false;
  }

  // Older clients write emoji as <at><img></at>: no mention.
  void note_image() { has_image_ = true; }

  void close(PlainText& text) {
    if (has_image_ || (own_seen_ && !continues_)) return;
    text.drop_since(mark_);
    own_seen_ = true;
    own_id_ = id_;
    own_end_ = text.mark();
  }

 private:
  std::size_t mark_ = 0, own_end_ = 0;
  std::string id_, own_id_;
  bool own_seen_ = false, continues_ = false, has_image_ = false;
};

// Walks the tags of one document. It keeps counters instead of a tree, so that nesting costs nothing.
class Walker {
 public:
  explicit Walker(std::string_view document) : document_(document), tags_(document) {}

  std::string walk() {
    for (std::size_t at = 0; at < document_.size();) {
      const char c = document_[at];
      if (c == '<') at += take_tag(at);
      else if (c == '&') at += take_entity(at);
      else at += take_text(at);
    }
    end_link();
    return text_.take();
  }

 private:
  std::size_t take_text(std::size_t at) {
    const std::size_t end = std::min(document_.find_first_of("<&", at), document_.size());
    if (hidden_.empty()) text_.put(document_.substr(at, end - at));
    return end - at;
  }

  std::size_t take_entity(std::size_t at) {
    const Entity entity = read_entity(document_.substr(at));
    if (hidden_.empty()) text_.put(entity.length > 0 ? entity.code_point : U'&');
    return std::max<std::size_t>(entity.length, 1);
  }

  std::size_t take_tag(std::size_t at) {
    const Tag tag = tags_.read(at);
    if (tag.length == 0) {
      if (hidden_.empty()) text_.put(U'<');
      return 1;
    }
    const std::string name = text::to_lower(tag.name);
    if (!hidden_.empty()) skip(tag, name);
    else if (tag.closing) close(name);
    else open(tag, name);
    return tag.length;
  }

  // Inside of what is not shown, only its own end matters.
  void skip(const Tag& tag, const std::string& name) {
    if (name != hidden_) return;
    hidden_depth_ += tag.closing ? -1 : tag.attributes.ends_with('/') ? 0 : 1;
    if (hidden_depth_ == 0) hidden_.clear();
  }

  void hide(const Tag& tag, const std::string& name) {
    if (tag.attributes.ends_with('/')) return;
    hidden_ = name;
    hidden_depth_ = 1;
  }

  void open(const Tag& tag, const std::string& name) {
    if (is_one_of(kHidden, name) || (name == "blockquote" && has_type(tag, "/Reply"))) return hide(tag, name);
    if (name == "br") return line_break(true);
    if (name == "li") return open_item();
    if (name == "ul" || name == "ol") return open_list(name == "ol" ? 1 : 0);
    if (name == "tr") return in_cell_ = false, text_.end_line();
    if (name == "td" || name == "th") return open_cell();
    if (name == "pre" || name == "codeblock") return open_code();
    if (name == "img") return put_image(tag);
    if (name == "a") return open_link(tag);
    if (name == "at") return open_mention(tag, name);
    if (name == "span") {
      if (!mention_.empty()) ++mention_depth_;
      else if (has_type(tag, "/Mention")) open_mention(tag, name);
      return;
    }
    if (is_one_of(kBlocks, name) && !text_.after_marker()) line_break(false);  // <li><p>x is one line
  }

  void close(const std::string& name) {
    if (name == mention_ && --mention_depth_ == 0) return end_mention();
    if (name == "a") return end_link();
    if (name == "ul" || name == "ol") return close_list();
    if (name == "pre" || name == "codeblock") return close_code();
    if (name == "td" || name == "th") return void(in_cell_ = false);
    if (name == "tr" || name == "table") return in_cell_ = false, text_.end_line();
    if (name == "li" || is_one_of(kBlocks, name)) line_break(false);
  }

  // A table's row is one line, whatever its cells hold.
  void line_break(bool forced) {
    if (in_cell_) text_.put(U' ');
    else if (forced) text_.force_break();
    else text_.end_line();
  }

  void open_cell() {
    in_cell_ = true;
    if (!text_.at_line_start()) text_.put_separator(" | ");
  }

  void open_list(int first_number) {
    line_break(false);
    if (lists_.size() < kDeepestList) lists_.push_back(first_number);
    else ++deeper_lists_;
  }

  void close_list() {
    line_break(false);
    if (deeper_lists_ > 0) --deeper_lists_;
    else if (!lists_.empty()) lists_.pop_back();
  }

  void open_item() {
    line_break(false);
    if (lists_.empty()) return text_.put_marker("- ");
    std::string marker((lists_.size() - 1) * 2, ' ');
    int& number = lists_.back();
    marker += number > 0 ? std::to_string(number++) + ". " : "- ";
    text_.put_marker(marker);
  }

  void open_code() {
    text_.end_line();
    ++code_depth_;
    text_.set_code(true);
  }

  void close_code() {
    if (code_depth_ == 0) return;
    if (--code_depth_ == 0) text_.set_code(false);
    text_.end_line();
  }

  void put_image(const Tag& tag) {
    const std::string alt = attribute(tag.attributes, "alt").value_or("");
    mentions_.note_image();
    if (has_type(tag, "/AMSImage")) return text_.put(alt.empty() || alt == "image" ? "[image]" : "[image: " + alt + "]");
    text_.put(alt);
  }

  void open_link(const Tag& tag) {
    end_link();
    address_ = shown_address(tag);
    link_mark_ = text_.mark();
  }

  void end_link() {
    if (address_.empty()) return;
    const std::string address = std::exchange(address_, {});
    const std::string shown{text::trim(text_.since(link_mark_))};
    if (shown == address || shown + "/" == address || address.ends_with("//" + shown)) return;
    text_.put(shown.empty() ? address : " (" + address + ")");
  }

  void open_mention(const Tag& tag, const std::string& name) {
    if (!mention_.empty()) return;
    mention_ = name;
    mention_depth_ = 1;
    mentions_.open(text_, attribute(tag.attributes, "itemid").value_or(""));
  }

  void end_mention() {
    mention_.clear();
    mentions_.close(text_);
  }

  std::string_view document_;
  TagReader tags_;
  PlainText text_;
  std::string hidden_;  // the element whose content is being skipped
  long hidden_depth_ = 0;
  std::vector<int> lists_;  // the next number of each open list; 0: bullets
  std::size_t deeper_lists_ = 0, code_depth_ = 0;
  bool in_cell_ = false;
  std::string mention_;  // the element that holds a mention's name
  long mention_depth_ = 0;
  Mentions mentions_;
  std::string address_;
  std::size_t link_mark_ = 0;
};

constexpr std::string_view kNbsp = "&nbsp;";

}  // namespace

std::string html_to_text(std::string_view html) { return Walker(html).walk(); }

std::string chat_text_to_text(std::string_view in) {
  PlainText out;
  TagReader tags(in);
  Mentions mentions;
  bool in_mention = false;
  for (std::size_t at = 0; at < in.size();) {
    if (in.substr(at, kNbsp.size()) == kNbsp) {
      out.put(U'\u00A0');
      at += kNbsp.size();
      continue;
    }
    if (in[at] == '<') {
      const std::string name = text::to_lower(tags.name_at(at));
      const bool known = name == "at" || name == "quoted" || name == "attachment" || name == "img";
      const Tag tag = known ? tags.read(at) : Tag{};
      if (tag.length > 0) {
        if (name == "img") mentions.note_image(), out.put(attribute(tag.attributes, "alt").value_or(""));
        if (name == "at" && !tag.closing && !in_mention) mentions.open(out, ""), in_mention = true;
        if (name == "at" && tag.closing && in_mention) mentions.close(out), in_mention = false;
        at += tag.length;
        continue;
      }
    }
    if (in[at] == '\n') {
      out.force_break();
      ++at;
      continue;
    }
    const std::size_t end = std::min(in.find_first_of("<&\n", at + 1), in.size());
    out.put(in.substr(at, end - at));
    at = end;
  }
  return out.take();
}

}  // namespace pointsman::teams
