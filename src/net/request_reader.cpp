// SPDX-License-Identifier: Apache-2.0
#include "net/request_reader.h"

#include <algorithm>

#include "net/ascii.h"
#include "net/percent.h"

namespace pointsman::http {
namespace {

constexpr std::size_t kLongestMethod = 32;      // the longest registered one has 17 letters
constexpr std::size_t kLongestChunkLine = 256;  // bytes; extensions are read over, and nobody needs long ones
constexpr std::size_t kMostSizeDigits = 16;     // of a length or a chunk size: far more than any limit, and no overflow
constexpr std::size_t kReserved = 16 * 1024;    // of a body before any of it came: a promise costs its sender nothing

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_token_char(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kMarks.find(c) != kMarks.npos;
}

bool is_token(std::string_view in) { return !in.empty() && std::all_of(in.begin(), in.end(), is_token_char); }

std::string_view trim_blanks(std::string_view in) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!in.empty() && is_blank(in.front())) in.remove_prefix(1);
  while (!in.empty() && is_blank(in.back())) in.remove_suffix(1);
  return in;
}

// A name or an address with an optional port; what could be read as a path or as user information is none.
bool is_host(std::string_view in) {
  return std::all_of(in.begin(), in.end(), [](char c) { return is_token_char(c) || c == ':' || c == '[' || c == ']'; });
}

bool lists(std::string_view value, std::string_view wanted) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    if (same_ignoring_case(trim_blanks(value.substr(0, comma)), wanted)) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

}  // namespace

RequestReader::State RequestReader::bad(int status, std::string_view reason) {
  status_ = status;
  reason_ = reason;
  return State::kBad;
}

RequestReader::State RequestReader::feed(std::string_view in, std::size_t& used) {
  used = 0;
  if (part_ == Part::kDone) return State::kDone;
  return part_ == Part::kRequestLine || part_ == Part::kFields ? feed_header(in, used) : feed_body(in, used);
}

// Looks at every byte once, and stops at the first that is wrong or one too many: so the verdict is the same for any cut.
bool RequestReader::take_line(std::string_view in, std::size_t& used, std::size_t most, std::string_view& line, State& state) {
  const std::string_view rest = in.substr(used);
  for (std::size_t at = scanned_; at < rest.size(); ++at) {
    if (at >= most) {
      state = part_ == Part::kChunkSize ? bad(400, "malformed") : bad(431, "header_too_large");
      return false;
    }
    const auto c = static_cast<unsigned char>(rest[at]);
    const bool after_return = at > 0 && rest[at - 1] == '\r';
    if (c == '\n' && after_return) {
      line = rest.substr(0, at - 1);
      used += at + 1;
      scanned_ = 0;
      return true;
    }
    if (after_return || (c < 0x20 && c != '\t' && c != '\r') || c == 0x7F) {
      state = bad(400, "malformed");
      return false;
    }
  }
  scanned_ = rest.size();
  state = State::kNeedMore;
  return false;
}

RequestReader::State RequestReader::feed_header(std::string_view in, std::size_t& used) {
  std::string_view line;
  State state{};
  for (;;) {
    const std::size_t before = used;
    if (!take_line(in, used, limits_.bytes - header_bytes_, line, state)) return state;
    header_bytes_ += used - before;
    if (part_ == Part::kRequestLine) {
      if (line.empty() && header_bytes_ == 2) continue;  // some clients end the body before with a line end of their own
      if (!read_request_line(line)) return State::kBad;
      part_ = Part::kFields;
    } else if (line.empty()) {
      return end_header();
    } else if (!read_field(line)) {
      return State::kBad;
    }
  }
}

bool RequestReader::read_request_line(std::string_view line) {
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  if (first == line.npos || first == last) return bad(400, "malformed"), false;
  const std::string_view method = line.substr(0, first), version = line.substr(last + 1);
  if (!is_token(method)) return bad(400, "malformed"), false;
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' || !is_digit(version[7]))
    return bad(400, "malformed"), false;
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return bad(505, "bad_version"), false;
  if (method.size() > kLongestMethod) return bad(501, "unknown_method"), false;
  is_1_1_ = version == "HTTP/1.1";
  request_.method = method;
  return read_target(line.substr(first + 1, last - first - 1));
}

// Only a path with a query: this server is nobody's proxy. `%2F` would make a segment of ours out of what whoever stands in front
// saw as a part of one.
bool RequestReader::read_target(std::string_view target) {
  const bool visible = std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '#'; });
  if (!target.starts_with('/') || !visible) return bad(400, "bad_target"), false;
  const std::size_t question = target.find('?');
  const std::string_view raw_path = target.substr(0, question);
  auto path = decode_path(raw_path);
  if (!path || std::count(path->begin(), path->end(), '/') != std::count(raw_path.begin(), raw_path.end(), '/'))
    return bad(400, "bad_target"), false;
  request_.path = std::move(*path);
  if (question != target.npos) request_.query = target.substr(question + 1);
  return true;
}

// A line that begins with a blank would go on with the field before it; that was given up because servers disagree about it. The
// name of such a line is no token, nor is one with a blank before the colon.
bool RequestReader::read_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon))) return bad(400, "malformed"), false;
  if (part_ == Part::kTrailers) {  // nobody here asks for trailers: read over, but counted
    if (++trailers_ > limits_.fields) return bad(431, "too_many_fields"), false;
    return true;
  }
  if (request_.headers.size() >= limits_.fields) return bad(431, "too_many_fields"), false;
  if (request_.headers.empty()) request_.headers.reserve(16);
  request_.headers.emplace_back(line.substr(0, colon), trim_blanks(line.substr(colon + 1)));
  return true;
}

RequestReader::State RequestReader::end_header() {
  std::size_t hosts = 0, lengths = 0, encodings = 0;
  keep_alive_ = is_1_1_;  // of HTTP/1.0 no client that matters asks for more than one answer
  for (const auto& [name, value] : request_.headers) {
    if (same_ignoring_case(name, "host")) {
      ++hosts;
      if (!is_host(value)) return bad(400, "bad_host");
    } else if (same_ignoring_case(name, "content-length")) {
      ++lengths;
    } else if (same_ignoring_case(name, "transfer-encoding")) {
      ++encodings;
    } else if (same_ignoring_case(name, "connection")) {
      if (lists(value, "close")) keep_alive_ = false;
    } else if (same_ignoring_case(name, "expect") && !same_ignoring_case(value, "100-continue")) {
      return bad(417, "unknown_expectation");
    }
  }
  if (hosts > 1 || (is_1_1_ && hosts == 0)) return bad(400, "bad_host");
  if (!read_length(lengths, encodings)) return State::kBad;
  body_too_large_ = left_ > 0;  // until set_max_body()
  part_ = chunked_ ? Part::kChunkSize : left_ > 0 ? Part::kBody : Part::kDone;
  return State::kHeader;
}

// Whoever stands in front of us must not see another end of the message than we do.
bool RequestReader::read_length(std::size_t lengths, std::size_t encodings) {
  if (lengths + encodings > 1 || (encodings == 1 && !is_1_1_)) return bad(400, "ambiguous_length"), false;
  if (encodings == 1) {
    chunked_ = same_ignoring_case(request_.header("transfer-encoding"), "chunked");
    return chunked_ || (bad(501, "unknown_encoding"), false);
  }
  if (lengths == 0) return true;
  const std::string_view digits = request_.header("content-length");
  if (digits.empty() || digits.size() > kMostSizeDigits || !std::all_of(digits.begin(), digits.end(), is_digit))
    return bad(400, "bad_length"), false;
  for (const char c : digits) left_ = left_ * 10 + static_cast<std::uint64_t>(c - '0');
  return true;
}

void RequestReader::set_max_body(std::size_t bytes) {
  max_body_ = bytes;
  body_too_large_ = left_ > bytes;
  if (!body_too_large_ && left_ > 0) request_.body.reserve(std::min<std::size_t>(left_, kReserved));
}

bool RequestReader::wants_continue() const {
  // Any other value was refused with the header.
  return is_1_1_ && part_ != Part::kDone && !body_too_large_ && !request_.header("expect").empty();
}

std::size_t RequestReader::take_body(std::string_view in) {
  const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size()));
  request_.body.append(in.substr(0, n));
  left_ -= n;
  return n;
}

RequestReader::State RequestReader::feed_body(std::string_view in, std::size_t& used) {
  if (body_too_large_) return bad(413, "body_too_large");
  std::string_view line;
  State state{};
  for (;;) {
    switch (part_) {
      case Part::kBody:
        used += take_body(in.substr(used));
        if (left_ > 0) return State::kNeedMore;
        part_ = Part::kDone;
        break;
      case Part::kChunkSize:
        if (!take_line(in, used, kLongestChunkLine, line, state)) return state;
        if (!read_chunk_size(line)) return State::kBad;
        break;
      case Part::kChunk:
        used += take_body(in.substr(used));
        if (left_ > 0) return State::kNeedMore;
        part_ = Part::kChunkEnd;
        break;
      case Part::kChunkEnd:
        if (!take_line(in, used, 2, line, state)) {
          if (state == State::kBad) bad(400, "malformed");
          return state;
        }
        part_ = Part::kChunkSize;
        break;
      case Part::kTrailers: {
        const std::size_t before = used;
        if (!take_line(in, used, limits_.bytes - header_bytes_, line, state)) return state;
        header_bytes_ += used - before;
        if (line.empty()) part_ = Part::kDone;
        else if (!read_field(line)) return State::kBad;
        break;
      }
      default: return State::kDone;
    }
  }
}

// The size, and then nothing or extensions, which are read over.
bool RequestReader::read_chunk_size(std::string_view line) {
  const std::string_view digits = line.substr(0, line.find(';'));
  if (digits.empty() || digits.size() > kMostSizeDigits) return bad(400, "malformed"), false;
  left_ = 0;
  for (const char c : digits) {
    const int digit = hex_digit(c);
    if (digit < 0) return bad(400, "malformed"), false;
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
  }
  if (left_ > max_body_ - request_.body.size()) return bad(413, "body_too_large"), false;
  part_ = left_ > 0 ? Part::kChunk : Part::kTrailers;
  if (part_ == Part::kTrailers) header_bytes_ = 0;
  return true;
}

}  // namespace pointsman::http
