// SPDX-License-Identifier: Apache-2.0
#include "intake/teams/html_text.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/hostile_text.h"

namespace pointsman::teams {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

void expect_html(const Pairs& table) {
  for (const auto& [html, text] : table) EXPECT_EQ(html_to_text(html), text) << html;
}

void expect_chat(const Pairs& table) {
  for (const auto& [in, text] : table) EXPECT_EQ(chat_text_to_text(in), text) << in;
}

std::string mention(const std::string& name, int id = 0) {
  return "<span itemscope=\"\" itemtype=\"http://schema.skype.com/Mention\" itemid=\"" + std::to_string(id) + "\">" + name +
         "</span>";
}

TEST(HtmlToText, lines_come_from_blocks_and_breaks_not_from_the_markups_own) {
  expect_html(
      {{"<p>a</p><p>b</p>", "a\nb"},
       {"<div>a</div>\r\n<div>b</div>\n", "a\nb"},
       {"<div><div>a</div><div>b</div></div>", "a\nb"},
       {"a<br>b<br/>c<BR />d", "a\nb\nc\nd"},
       {"<div>a</div><div><br></div><div>b</div>", "a\n\nb"},
       {"<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb"},
       {"<p>a</p><p></p><p>b</p>", "a\nb"},
       {"a<br><br><br><br>b", "a\n\nb"},
       {"<div>a\nb\r\n  c\t d</div>", "a b c d"},
       {"<h1>a</h1>b<h2>c</h2>", "a\nb\nc"},
       {"<p>Problem: x</p><p>Priority: high</p><p>Description: y<br>z</p>", "Problem: x\nPriority: high\nDescription: y\nz"},
       {"", ""},
       {"<div></div>", ""},
       {"  plain  ", "plain"}});
}

TEST(HtmlToText, inline_markup_leaves_the_words_together) {
  expect_html({{"<strong>Problem</strong>: <em>x</em>", "Problem: x"},
               {"<b>Pro</b>blem", "Problem"},
               {"a<span style=\"font-size:14px\">b</span>c", "abc"},
               {"<u>a</u> <s>b</s> <font color=red>c</font>", "a b c"}});
}

TEST(HtmlToText, entities_are_decoded_once) {
  expect_html({{"a &amp; b &lt;c&gt; &quot;d&quot; &#43; &#x2B; &apos;", "a & b <c> \"d\" + + '"},
               {"&amp;lt;b&amp;gt;", "&lt;b&gt;"},
               {"&amp;amp;lt;", "&amp;lt;"},
               {"&lt;script&gt;", "<script>"},
               {"&auml;&euro;&hellip;", "ä€…"},
               {"&#128424;", "🖨"},
               {"a&nbsp;&nbsp;b", "a  b"},
               {"&nbsp;a&nbsp;", "a"},
               {"&unknown; &; & &# &#; &#x; &#zz; &amp", "&unknown; &; & &# &#; &#x; &#zz; &amp"},
               {"&#0;&#xD800;&#x110000;&#99999999;", "\uFFFD\uFFFD\uFFFD\uFFFD"}});
}

TEST(HtmlToText, invisible_and_direction_characters_are_removed) {
  expect_html({{"a\u200Bb\u200Cc\u2060d\uFEFFe", "abcde"},
               {"a\u202Eb\u2066c\u2069", "abc"},
               {"a&#8203;b&#8238;c&shy;", "abc&shy;"},
               {"&#173;a", "a"}});
}

TEST(HtmlToText, lists_keep_their_marks_numbers_and_depth) {
  expect_html({{"<ul><li>a</li><li>b</li></ul>", "- a\n- b"},
               {"x<ul><li>a<ul><li>b<ol><li>c</li><li>d</li></ol></li></ul></li><li>e</li></ul>y",
                "x\n- a\n  - b\n    1. c\n    2. d\n- e\ny"},
               {"<ol><li>a</li><li><p>b</p></li></ol><ol><li>c</li></ol>", "1. a\n2. b\n1. c"},
               {"<ul><li>a<li>b</ul>", "- a\n- b"},
               {"<ul><li></li><li>b</li></ul>", "-\n- b"},
               {"<ul><li><div>a</div><div>b</div></li></ul>", "- a\nb"},
               {"<li>a</li>", "- a"}});
}

TEST(HtmlToText, code_is_kept_as_it_is) {
  expect_html({{"<pre><code class=\"language-cpp\">int main() {\n  return&nbsp;1;\n\n\n}\n</code></pre>",
                "int main() {\n  return 1;\n\n\n}"},
               {"<p>see</p><pre>a\n  b</pre><p>c</p>", "see\na\n  b\nc"},
               {"<pre>a<br>  b</pre>", "a\n  b"},
               {"<codeblock>a\n b</codeblock>", "a\n b"},
               {"run <code>ls  -l</code> now", "run ls -l now"},
               {"<pre>&lt;div&gt; &amp;amp;</pre>", "<div> &amp;"},
               {"<pre>unclosed\n  x", "unclosed\n  x"},
               {"</pre>a  b", "a b"}});
}

TEST(HtmlToText, a_tables_row_is_a_line) {
  expect_html({{"<table><tbody><tr><td>Problem</td><td>x</td></tr><tr><td>Priority</td><td>high</td></tr></tbody></table>",
                "Problem | x\nPriority | high"},
               {"<table><tr><th><p>a</p></th><td><p>b</p><p>c</p></td></tr></table>after", "a | b c\nafter"},
               {"before<table itemprop=\"copy-paste-table\"><tr><td>a<br>b</td><td>c</td></tr></table>", "before\na b | c"}});
}

TEST(HtmlToText, links_keep_text_and_address) {
  expect_html(
      {{"see <a href=\"https://e.example/a?b=1&amp;c=2\">the page</a>.", "see the page (https://e.example/a?b=1&c=2)."},
       {"<a href=\"https://e.example/\">https://e.example/</a>", "https://e.example/"},
       {"<a href=\"https://e.example/\">https://e.example</a>", "https://e.example"},
       {"<a href=\"https://e.example\">e.example</a>", "e.example"},
       {"<a href='mailto:a@b.c'>Ada</a>", "Ada (a@b.c)"},
       {"<a href=mailto:a@b.c>a@b.c</a>", "a@b.c"},
       {"<a href=\"javascript:alert(1)\">x</a>", "x"},
       {"<a href=\"https://e.example\"></a>", "https://e.example"},
       {"<a>x</a><a name=y>z</a>", "xz"},
       {"<a href=\"https://a.example\">a<a href=\"https://b.example\">b</a>", "a (https://a.example)b (https://b.example)"},
       {"<a href=\"https://a.example\">never closed", "never closed (https://a.example)"}});
}

TEST(HtmlToText, the_first_mention_is_the_webhook_and_others_are_names) {
  expect_html(
      {{mention("Tickets") + " help", "help"},
       {mention("Tickets") + "&nbsp;ask " + mention("Carla Pine", 1) + " please", "ask Carla Pine please"},
       {"<span itemid=\"0\" itemtype=\"http://schema.skype.com/Mention\" itemscope>Tickets</span> x", "x"},
       {"<div>" + mention("Tickets") + "</div>", ""},
       {"hello " + mention("Tickets") + " there", "hello there"},
       {"<at id=\"0\">Tickets</at> ask <at id=\"1\">Carla</at>", "ask Carla"},
       {mention("<span>Tick</span>ets") + " x", "x"},
       {mention("Tickets") + mention("Carla", 1) + " x", "Carla x"},
       {mention("Tickets") + " never closed <span itemtype=\"http://schema.skype.com/Mention\">Carla", "never closed Carla"},
       {"<span itemtype=\"http://schema.skype.com/Mention\">never closed", "never closed"}});
}

TEST(HtmlToText, a_mention_in_pieces_is_one) {
  expect_html({{"<at>Help</at>&nbsp;<at>Desk</at> x", "x"},
               {"<at>Help</at>&nbsp;<at>Desk</at>&nbsp;<at>Two</at>&nbsp;x <at>Carla</at>", "x Carla"},
               {"<at>Help</at> <at>Carla</at> x", "Carla x"},
               {"<at>Help</at>&nbsp;and <at>Carla</at>", "and Carla"},
               {mention("Help") + "&nbsp;" + mention("Desk") + " x", "x"},
               {mention("Help") + mention("Desk") + " x", "x"},
               {mention("Help") + "&nbsp;" + mention("Carla", 1) + " x", "Carla x"}});
}

TEST(HtmlToText, emoji_are_their_alternative_text_even_where_they_look_like_a_mention) {
  expect_html({{"beer <img alt=\"🍺\" itemtype=\"http://schema.skype.com/Emoji\">", "beer 🍺"},
               {"<at><img alt=\"🍺\" itemtype=\"http://schema.skype.com/Emoji\"></at> " + mention("Tickets") + " x", "🍺 x"},
               {mention("Tickets") + " <at><img alt=\"🍺\"></at>", "🍺"},
               {"<img alt=\"image\" itemtype=\"http://schema.skype.com/AMSImage\">", "[image]"},
               {"<img alt=\"error.png\" itemtype=\"http://schema.skype.com/AMSImage\">", "[image: error.png]"},
               {"<img src=x>", ""}});
}

TEST(HtmlToText, quoted_replies_and_what_is_never_shown_are_dropped) {
  expect_html({{"<blockquote itemscope itemtype=\"http://schema.skype.com/Reply\" itemid=\"1\"><strong>Ada</strong><p>Problem: "
                "old</p></blockquote><p>new</p>",
                "new"},
               {"<blockquote itemtype=\"http://schema.skype.com/Reply\">a<blockquote>b</blockquote>c</blockquote>new", "new"},
               {"<blockquote>quoted by hand</blockquote>new", "quoted by hand\nnew"},
               {"<quoted messageId=\"1\"/>new", "new"},
               {"<quoted messageId=\"1\">old</quoted>new", "new"},
               {"<style>p{}</style><script>x()</script><!-- c --><title>t</title>new", "new"},
               {"<script><p>x</p>", ""},
               {"a<!-- never closed <p>b", "a"},
               {"<![CDATA[x]]>a<?xml y?>b<!DOCTYPE html>c", "abc"},
               {"<attachment id=\"1\"></attachment>a", "a"}});
}

TEST(HtmlToText, what_is_no_tag_is_text) {
  expect_html({{"a < b > c", "a < b > c"},
               {"1<2", "1<2"},
               {"<>a</>", "<>a</>"},
               {"a <- b", "a <- b"},
               {"a <b", "a <b"},
               {"<3", "<3"},
               {"<", "<"}});
}

TEST(HtmlToText, a_tag_ends_where_its_quotes_say) {
  expect_html({{"<p title=\"a > b\">x</p>", "x"},
               {"<p title='a > b'>x</p>", "x"},
               {"<p title=\"never closed>x</p>y", "x\ny"},
               {"<p title=a>b>x", "b>x"}});
}

TEST(ChatText, only_what_teams_writes_is_markup) {
  expect_chat({{"<at>Tickets</at> my printer is broken\n", "my printer is broken"},
               {"<at>Tickets</at>\n", ""},
               {"<at>Tickets</at>&nbsp;testing&nbsp;&nbsp;\n", "testing"},
               {"\r\n<at>Tickets</at> <at>Carla Pine</at>++ \"x\"\n", "Carla Pine++ \"x\""},
               {"<at>Tickets</at> C<data> <b>bold</b> a<b &amp; &lt; + & \"", "C<data> <b>bold</b> a<b &amp; &lt; + & \""},
               {"<at>Help</at>&nbsp;<at>Desk</at> x", "x"},
               {"<at><img alt=\"🍺\" src=\"x\"></at> <at>Tickets</at> x", "🍺 x"},
               {"<quoted messageId=\"1\"/><at>Tickets</at> x", "x"},
               {"<attachment id=\"1\"></attachment><at>Tickets</at> x", "x"},
               {"é <at>Tickets</at>ü", "é ü"},
               {"<at>Tickets</at>Störung\nzwei\n\ndrei", "Störung\nzwei\n\ndrei"},
               {"a\u200Bb\u202Ec", "abc"},
               {"<at>never closed", "never closed"},
               {"<at", "<at"},
               {"</at>x", "x"},
               {"", ""}});
}

// What comes out is fit to be stored and shown, whatever went in.
TEST(HtmlToText, random_markup_becomes_valid_text_without_hidden_characters) {
  static constexpr std::array<std::string_view, 30> kTags{"<div>",         "</div>",
                                                          "<p>",           "<br>",
                                                          "<ul>",          "</ul>",
                                                          "<li>",          "<table>",
                                                          "<td>",          "</td>",
                                                          "<tr>",          "<a href=\"https://e\">",
                                                          "</a>",          "<pre>",
                                                          "</pre>",        "<at>",
                                                          "</at>",         "<span itemtype=\"x/Mention\" itemid=0>",
                                                          "</span>",       "<img alt=\"",
                                                          "\">",           "<blockquote itemtype=\"/Reply\">",
                                                          "</blockquote>", "<script>",
                                                          "</script>",     "<!--",
                                                          "-->",           "<quoted>",
                                                          "&nbsp;",        "\xFF"};
  std::mt19937 random(4);
  test::HostileTexts texts(5);
  for (int i = 0; i < 3000; ++i) {
    std::string html;
    for (unsigned j = 0; j < 1 + random() % 20; ++j)
      html += random() % 2 == 0 ? std::string(kTags[random() % kTags.size()]) : texts.next(1);
    for (const std::string& text : {html_to_text(html), chat_text_to_text(html)}) {
      EXPECT_TRUE(text::is_valid_utf8(text));
      EXPECT_EQ(text, text::trim(text));
      for (std::string_view rest = text; !rest.empty();) EXPECT_FALSE(text::is_invisible(text::take_code_point(rest))) << html;
      EXPECT_EQ(text.find('\r'), text.npos);
    }
  }
}

// A reader that is quadratic, or keeps a tree, would take minutes or gigabytes over these and the test would run into its
// limits.
TEST(HtmlToText, a_body_full_of_nested_or_unclosed_markup_costs_no_more_than_text) {
  for (const std::string_view piece : {"<div>",
                                       "</div>",
                                       "<div><p>x",
                                       "<ul><li>",
                                       "<ol>",
                                       "<table><tr><td>",
                                       "<a href=\"https://e.example\">",
                                       "<a href=\"https://e.example\">x</a>",
                                       "<pre>",
                                       "<at>",
                                       "<at></at>",
                                       "<span itemtype=\"/Mention\">",
                                       "<blockquote itemtype=\"/Reply\">",
                                       "<blockquote itemtype=\"/Reply\"></blockquote>",
                                       "<script>",
                                       "<script></script>",
                                       "<",
                                       "<a",
                                       "<a ",
                                       "<a =",
                                       "<a b=\"",
                                       "<a b='",
                                       "<p \"",
                                       "<!--",
                                       "<!-- -->",
                                       "<![CDATA[",
                                       "&",
                                       "&amp;",
                                       "&#",
                                       "&nbsp;",
                                       "<br>",
                                       "<img alt=\"",
                                       "<img alt=\"x\">",
                                       "<quoted ",
                                       "< ",
                                       "=\"",
                                       "<b a=\"x\" a='y' a=z ",
                                       "\u00A0",
                                       "\u200B",
                                       "<at>x</at>&nbsp;"}) {
    const std::string html = test::repeated(piece, 300'000);
    EXPECT_LE(html_to_text(html).size(), 5 * html.size()) << piece;
    EXPECT_LE(chat_text_to_text(html).size(), 5 * html.size()) << piece;
    EXPECT_LE(html_to_text(html + "\">x</a>").size(), 5 * html.size()) << piece;
  }
}

TEST(HtmlToText, deep_lists_do_not_grow_the_indentation_without_end) {
  const std::string text = html_to_text(test::repeated("<ul><li>x", 100'000));
  EXPECT_LT(text.size(), 1'000'000u);
  EXPECT_NE(text.find("\n                              - x\n"), text.npos);  // 15 levels in
  EXPECT_EQ(text.find("                                - x"), text.npos);
}

}  // namespace
}  // namespace pointsman::teams
