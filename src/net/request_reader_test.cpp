// SPDX-License-Identifier: Apache-2.0
#include "net/request_reader.h"

#include <optional>
#include <ostream>

#include <gtest/gtest.h>

namespace pointsman::http {
namespace {

constexpr std::size_t kMaxBody = 64;
constexpr HeaderLimits kLimits{.bytes = 512, .fields = 10};

struct Outcome {
  int status = 0;  // 0: a request; -1: more is needed
  std::string reason;
  Request request;
  bool keep_alive = false;
  std::string left;  // what was not used
};

// Feeds the bytes in pieces of `piece` bytes, as a server would: what was not used comes again with what is next.
Outcome read(std::string_view bytes, std::size_t piece) {
  RequestReader reader(kLimits);
  Outcome outcome;
  std::string buffer;
  for (;;) {
    std::size_t used = 0;
    const RequestReader::State state = reader.feed(buffer, used);
    buffer.erase(0, used);
    EXPECT_LE(buffer.size(), kLimits.bytes + piece) << "more is kept than one unfinished line and one read";
    if (state == RequestReader::State::kHeader) reader.set_max_body(kMaxBody);
    if (state == RequestReader::State::kBad) {
      outcome.status = reader.status();
      outcome.reason = reader.reason();
      return outcome;
    }
    if (state == RequestReader::State::kDone) {
      outcome.keep_alive = reader.keep_alive();
      outcome.request = reader.take();
      outcome.left = buffer + std::string(bytes);
      return outcome;
    }
    if (state != RequestReader::State::kNeedMore) continue;
    if (bytes.empty()) {
      outcome.status = -1;
      return outcome;
    }
    buffer += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
}

// The same for every cut.
Outcome read_every_way(std::string_view bytes) {
  Outcome whole = read(bytes, bytes.size() + 1);
  for (const std::size_t piece : {1, 2, 3, 5, 7, 16, 31}) {
    const Outcome cut = read(bytes, piece);
    EXPECT_EQ(cut.status, whole.status) << "in pieces of " << piece;
    EXPECT_EQ(cut.reason, whole.reason) << "in pieces of " << piece;
    EXPECT_EQ(cut.request.body, whole.request.body) << "in pieces of " << piece;
    EXPECT_EQ(cut.request.headers, whole.request.headers) << "in pieces of " << piece;
    EXPECT_EQ(cut.left, whole.left) << "in pieces of " << piece;
  }
  return whole;
}

std::string post(std::string_view fields, std::string_view body = "") {
  return "POST /teams/it HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n" + std::string(body);
}
std::string chunked(std::string_view body) { return post("Transfer-Encoding: chunked\r\n", body); }
std::string get(std::string_view target) { return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

struct Good {
  const char* name;
  std::string bytes, path, query, body;
};
void PrintTo(const Good& good, std::ostream* out) { *out << good.name; }

class GoodRequest : public testing::TestWithParam<Good> {};

TEST_P(GoodRequest, is_read_the_same_for_every_cut) {
  const Outcome outcome = read_every_way(GetParam().bytes);
  ASSERT_EQ(outcome.status, 0) << outcome.reason;
  EXPECT_EQ(outcome.request.path, GetParam().path);
  EXPECT_EQ(outcome.request.query, GetParam().query);
  EXPECT_EQ(outcome.request.body, GetParam().body);
  EXPECT_EQ(outcome.left, "");
}

INSTANTIATE_TEST_SUITE_P(
    All, GoodRequest,
    testing::Values(
        Good{"plain", get("/healthz"), "/healthz", "", ""}, Good{"query", get("/v1/tickets?q=a%20b&x"), "/v1/tickets", "q=a%20b&x", ""},
        Good{"escapes_in_the_path", get("/teams/%69t"), "/teams/it", "", ""},
        Good{"a_path_with_an_escape_at_its_end", get("/teams/i%74"), "/teams/it", "", ""},
        Good{"dots_are_no_steps", get("/teams/../v1/tickets"), "/teams/../v1/tickets", "", ""},
        Good{"length", post("Content-Length: 5\r\n", "hello"), "/teams/it", "", "hello"},
        Good{"length_zero", post("Content-Length: 0\r\n"), "/teams/it", "", ""},
        Good{"leading_zeros", post("Content-Length: 0005\r\n", "hello"), "/teams/it", "", "hello"},
        Good{"body_with_every_kind_of_byte", post("Content-Length: 6\r\n", std::string("\0\r\n\xff\n\x1b", 6)), "/teams/it", "",
             std::string("\0\r\n\xff\n\x1b", 6)},
        Good{"largest_body", post("Content-Length: 64\r\n", std::string(64, 'x')), "/teams/it", "", std::string(64, 'x')},
        Good{"chunks", chunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), "/teams/it", "", "hello world"},
        Good{"chunk_sizes_in_hex_of_any_case", chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"), "/teams/it", "",
             "01234567890123456789"},
        Good{"no_chunk_at_all", chunked("0\r\n\r\n"), "/teams/it", "", ""},
        Good{"chunk_of_sixteen_digits", chunked("0000000000000005\r\nhello\r\n0\r\n\r\n"), "/teams/it", "", "hello"},
        Good{"chunk_extensions_are_read_over", chunked("5;name=value;\"q\"\r\nhello\r\n0;last\r\n\r\n"), "/teams/it", "", "hello"},
        Good{"trailers_are_read_over", chunked("5\r\nhello\r\n0\r\nDigest: x\r\nAuthorization: y\r\n\r\n"), "/teams/it", "", "hello"},
        Good{"line_ends_within_a_chunk", chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n"), "/teams/it", "", "\r\n\r\n"},
        Good{"chunked_in_any_case", post("transfer-encoding:  Chunked\t\r\n", "1\r\nx\r\n0\r\n\r\n"), "/teams/it", "", "x"},
        Good{"one_line_end_before_the_request", "\r\n" + get("/healthz"), "/healthz", "", ""},
        Good{"http_1_0_without_a_host", "GET /healthz HTTP/1.0\r\n\r\n", "/healthz", "", ""},
        Good{"host_with_port", "GET /healthz HTTP/1.1\r\nHost: [::1]:5000\r\n\r\n", "/healthz", "", ""},
        Good{"upgrade_is_not_taken_up", post("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n"), "/teams/it", "", ""},
        Good{"text_of_any_script_in_a_value", post("X-Name: J\xc3\xbcrgen\r\n"), "/teams/it", "", ""}),
    [](const auto& request) { return request.param.name; });

struct Evil {
  const char* name;
  std::string bytes;
  int status;
  const char* reason;
};
void PrintTo(const Evil& evil, std::ostream* out) { *out << evil.name; }

class EvilRequest : public testing::TestWithParam<Evil> {};

TEST_P(EvilRequest, is_refused_with_its_reason_for_every_cut) {
  const Outcome outcome = read_every_way(GetParam().bytes);
  EXPECT_EQ(outcome.status, GetParam().status);
  EXPECT_EQ(outcome.reason, GetParam().reason);
}

std::string many_fields(int count) {
  std::string fields;
  for (int i = 0; i < count; ++i) fields += "a:\r\n";
  return fields;
}

INSTANTIATE_TEST_SUITE_P(
    Lines, EvilRequest,
    testing::Values(
        Evil{"nothing_of_http", "\x16\x03\x01\x02", 400, "malformed"}, Evil{"http_0_9", "GET /\r\n", 400, "malformed"},
        Evil{"http_2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "bad_version"},
        Evil{"http_1_2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505, "bad_version"},
        Evil{"http_in_small_letters", "GET / http/1.1\r\nHost: a\r\n\r\n", 400, "malformed"},
        Evil{"version_of_two_digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400, "malformed"},
        Evil{"tab_for_space", "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed"},
        Evil{"two_spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
        Evil{"space_in_the_target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
        Evil{"space_at_the_end", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400, "malformed"},
        Evil{"method_that_is_no_token", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed"},
        Evil{"very_long_method", std::string(33, 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n", 501, "unknown_method"},
        Evil{"two_line_ends_before_the_request", "\r\n\r\n" + get("/"), 400, "malformed"},
        Evil{"line_feed_alone_after_the_request_line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400, "malformed"},
        Evil{"line_feed_alone_after_a_field", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400, "malformed"},
        Evil{"line_feed_alone_at_the_end", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400, "malformed"},
        Evil{"return_alone", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400, "malformed"},
        Evil{"folded_field", post("X: a\r\n b\r\n"), 400, "malformed"}, Evil{"folded_first_field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, "malformed"},
        Evil{"folded_length", post("Content-Length:\r\n 5\r\n", "hello"), 400, "malformed"},
        Evil{"space_before_the_colon", post("Content-Length : 5\r\n", "hello"), 400, "malformed"},
        Evil{"field_without_a_colon", post("Content-Length\r\n"), 400, "malformed"},
        Evil{"field_without_a_name", post(": x\r\n"), 400, "malformed"},
        Evil{"nul_in_a_name", post(std::string("X\0Y: z\r\n", 8)), 400, "malformed"},
        Evil{"nul_in_a_value", post(std::string("X: y\0z\r\n", 8)), 400, "malformed"},
        Evil{"escape_in_a_value", post("X: \x1b[31m\r\n"), 400, "malformed"}, Evil{"delete_in_a_value", post("X: \x7f\r\n"), 400, "malformed"},
        Evil{"letters_beyond_ascii_in_a_name", post("X-\xc3\xbc: y\r\n"), 400, "malformed"},
        Evil{"absolute_target", get("http://a/healthz"), 400, "bad_target"}, Evil{"authority_target", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
        Evil{"star_target", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"}, Evil{"fragment", get("/a#b"), 400, "bad_target"},
        Evil{"encoded_nul", get("/a%00b"), 400, "bad_target"}, Evil{"encoded_slash", get("/teams%2fit"), 400, "bad_target"},
        Evil{"encoded_line_end", get("/a%0d%0aX:y"), 400, "bad_target"}, Evil{"half_an_escape", get("/a%4"), 400, "bad_target"},
        Evil{"no_escape", get("/a%zz"), 400, "bad_target"}, Evil{"raw_letters_beyond_ascii", get("/\xc3\xbc"), 400, "bad_target"},
        Evil{"no_host", "GET / HTTP/1.1\r\n\r\n", 400, "bad_host"}, Evil{"two_hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "bad_host"},
        Evil{"host_with_a_path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "bad_host"},
        Evil{"host_with_a_user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400, "bad_host"},
        Evil{"unknown_expectation", post("Expect: tea\r\n"), 417, "unknown_expectation"},
        Evil{"long_line", get("/" + std::string(600, 'a')), 431, "header_too_large"},
        Evil{"line_without_end", std::string(600, 'a'), 431, "header_too_large"},
        Evil{"many_long_fields", post("A: " + std::string(200, 'a') + "\r\nB: " + std::string(200, 'b') + "\r\nC: " + std::string(200, 'c') + "\r\n"), 431, "header_too_large"},
        Evil{"many_fields", post(many_fields(10)), 431, "too_many_fields"}),
    [](const auto& request) { return request.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Lengths, EvilRequest,
    testing::Values(
        Evil{"length_and_chunked", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400, "ambiguous_length"},
        Evil{"chunked_and_length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400, "ambiguous_length"},
        Evil{"two_lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), 400, "ambiguous_length"},
        Evil{"the_same_length_twice", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400, "ambiguous_length"},
        Evil{"list_of_lengths", post("Content-Length: 5, 5\r\n", "hello"), 400, "bad_length"}, Evil{"length_with_plus", post("Content-Length: +5\r\n", "hello"), 400, "bad_length"},
        Evil{"length_with_minus", post("Content-Length: -5\r\n", "hello"), 400, "bad_length"}, Evil{"length_in_hex", post("Content-Length: 0x5\r\n", "hello"), 400, "bad_length"},
        Evil{"length_with_space", post("Content-Length: 5 5\r\n", "hello"), 400, "bad_length"}, Evil{"empty_length", post("Content-Length:\r\n"), 400, "bad_length"},
        Evil{"length_beyond_64_bits", post("Content-Length: 18446744073709551621\r\n", "hello"), 400, "bad_length"},
        Evil{"length_over_the_limit", post("Content-Length: 65\r\n"), 413, "body_too_large"},
        Evil{"length_over_the_limit_with_expectation", post("Content-Length: 65\r\nExpect: 100-continue\r\n"), 413, "body_too_large"},
        Evil{"two_encodings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400, "ambiguous_length"},
        Evil{"chunked_twice", post("Transfer-Encoding: chunked, chunked\r\n"), 501, "unknown_encoding"}, Evil{"identity", post("Transfer-Encoding: identity\r\n"), 501, "unknown_encoding"},
        Evil{"gzip_before_chunked", post("Transfer-Encoding: gzip, chunked\r\n"), 501, "unknown_encoding"}, Evil{"nearly_chunked", post("Transfer-Encoding: xchunked\r\n"), 501, "unknown_encoding"},
        Evil{"vertical_tab_before_chunked", post("Transfer-Encoding: \x0b" "chunked\r\n"), 400, "malformed"},
        Evil{"chunked_in_quotes", post("Transfer-Encoding: \"chunked\"\r\n"), 501, "unknown_encoding"}, Evil{"empty_encoding", post("Transfer-Encoding:\r\n"), 501, "unknown_encoding"},
        Evil{"chunked_in_http_1_0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "ambiguous_length"},
        Evil{"chunk_size_with_0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400, "malformed"}, Evil{"chunk_size_with_sign", chunked("+5\r\nhello\r\n0\r\n\r\n"), 400, "malformed"},
        Evil{"negative_chunk_size", chunked("-5\r\nhello\r\n0\r\n\r\n"), 400, "malformed"}, Evil{"empty_chunk_size", chunked("\r\nhello\r\n0\r\n\r\n"), 400, "malformed"},
        Evil{"only_an_extension", chunked(";a\r\nhello\r\n0\r\n\r\n"), 400, "malformed"}, Evil{"space_before_the_size", chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400, "malformed"},
        Evil{"space_after_the_size", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400, "malformed"}, Evil{"chunk_of_seventeen_digits", chunked("00000000000000005\r\nhello\r\n0\r\n\r\n"), 400, "malformed"},
        Evil{"largest_chunk_size", chunked("ffffffffffffffff\r\nhello\r\n"), 413, "body_too_large"},
        Evil{"chunk_size_that_would_wrap", chunked("5\r\nhello\r\nfffffffffffffffb\r\nx"), 413, "body_too_large"},
        Evil{"line_feed_alone_after_the_size", chunked("5\nhello\r\n0\r\n\r\n"), 400, "malformed"},
        Evil{"line_feed_alone_in_an_extension", chunked("5;a\nb\r\nhello\r\n0\r\n\r\n"), 400, "malformed"},
        Evil{"endless_extension", chunked("5;" + std::string(300, 'a')), 400, "malformed"}, Evil{"chunk_longer_than_its_size", chunked("4\r\nhello\r\n0\r\n\r\n"), 400, "malformed"},
        Evil{"chunk_without_its_end", chunked("5\r\nhello0\r\n\r\n"), 400, "malformed"}, Evil{"line_feed_alone_after_a_chunk", chunked("5\r\nhello\n0\r\n\r\n"), 400, "malformed"},
        Evil{"chunks_over_the_limit", chunked("40\r\n" + std::string(64, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n"), 413, "body_too_large"},
        Evil{"trailer_that_is_no_field", chunked("0\r\nGET / HTTP/1.1\r\n\r\n"), 400, "malformed"},
        Evil{"endless_trailer", chunked("0\r\nX: " + std::string(600, 'x')), 431, "header_too_large"},
        Evil{"endless_trailers", chunked("0\r\n" + many_fields(11)), 431, "too_many_fields"}),
    [](const auto& request) { return request.param.name; });

TEST(RequestReader, what_follows_a_body_is_the_next_request) {
  const Outcome first = read_every_way(post("Content-Length: 5\r\n", "helloGET /next HTTP/1.1\r\nHost: a\r\n\r\n"));
  ASSERT_EQ(first.status, 0);
  EXPECT_EQ(first.request.body, "hello");
  EXPECT_EQ(read_every_way(first.left).request.path, "/next");
  EXPECT_EQ(read_every_way(chunked("0\r\n\r\nrest")).left, "rest");
}

TEST(RequestReader, an_unfinished_request_needs_more) {
  const std::string whole = chunked("5;x\r\nhello\r\n0\r\nA: b\r\n\r\n");
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_EQ(read_every_way(std::string_view(whole).substr(0, length)).status, -1) << length;
  EXPECT_EQ(read_every_way(whole).status, 0);
}

TEST(RequestReader, a_header_dripped_line_by_line_meets_the_same_limit) {
  RequestReader reader(kLimits);
  std::string line = "GET / HTTP/1.1\r\n";
  RequestReader::State state{};
  for (std::size_t sent = 0; sent < 4096; sent += line.size()) {
    std::size_t used = 0;
    state = reader.feed(line, used);
    if (state == RequestReader::State::kBad) break;
    ASSERT_EQ(used, line.size());
    line = "X-Fill: " + std::string(120, 'x') + "\r\n";
  }
  ASSERT_EQ(state, RequestReader::State::kBad);
  EXPECT_EQ(reader.status(), 431);
}

TEST(RequestReader, keeps_a_connection_only_where_the_request_lets_it) {
  EXPECT_TRUE(read(get("/"), 100).keep_alive);
  EXPECT_FALSE(read(post("Connection: close\r\n"), 100).keep_alive);
  EXPECT_FALSE(read(post("Connection: TE, Close\r\n"), 100).keep_alive);
  EXPECT_TRUE(read(post("Connection: keep-alive, closed\r\n"), 100).keep_alive);
  EXPECT_FALSE(read("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 100).keep_alive);
}

TEST(RequestReader, wants_to_say_continue_only_where_a_body_is_taken) {
  const auto wants = [](std::string_view bytes) {
    RequestReader reader(kLimits);
    std::size_t used = 0;
    EXPECT_EQ(reader.feed(bytes, used), RequestReader::State::kHeader);
    reader.set_max_body(kMaxBody);
    return reader.wants_continue();
  };
  EXPECT_TRUE(wants(post("Content-Length: 5\r\nExpect: 100-continue\r\n")));
  EXPECT_TRUE(wants(post("Transfer-Encoding: chunked\r\nExpect: 100-Continue\r\n")));
  EXPECT_FALSE(wants(post("Content-Length: 5\r\n")));
  EXPECT_FALSE(wants(post("Content-Length: 65\r\nExpect: 100-continue\r\n")));
  EXPECT_FALSE(wants(post("Expect: 100-continue\r\n")));
  EXPECT_FALSE(wants("POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
}

}  // namespace
}  // namespace pointsman::http
