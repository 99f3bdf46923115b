// SPDX-License-Identifier: Apache-2.0
#include "net/request_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/text.h"
#include "net/percent.h"

namespace pointsman::http {
namespace beast = boost::beast;
namespace {

std::string to_string(beast::string_view in) { return {in.data(), in.size()}; }

// Header values carry text; a control character in one is an attempt at something.
bool has_control_character(std::string_view in) {
  for (const char c : in)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F) return true;
  return false;
}

}  // namespace

struct RequestReader::Parser {
  beast::http::request_parser<beast::http::string_body> beast;
};

RequestReader::RequestReader(std::size_t max_header_bytes) : parser_(std::make_unique<Parser>()) {
  parser_->beast.header_limit(static_cast<std::uint32_t>(max_header_bytes));
  parser_->beast.body_limit(boost::none);  // until set_max_body()
}

RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::bad(int status, std::string_view reason) {
  status_ = status;
  reason_ = reason;
  return State::kBad;
}

RequestReader::State RequestReader::feed(std::string_view in, std::size_t& used) {
  auto& parser = parser_->beast;
  used = 0;
  if (body_too_large_) return bad(413, "body_too_large");
  if (parser.is_done()) return finish();  // it had no body
  beast::error_code failed;
  used = parser.put(boost::asio::const_buffer(in.data(), in.size()), failed);
  using beast::http::error;
  if (failed == error::need_more) failed = {};
  if (failed == error::header_limit) return bad(431, "header_too_large");
  if (failed == error::body_limit) return bad(413, "body_too_large");
  if (failed == error::bad_version) return bad(505, "bad_version");
  if (failed) return bad(400, "malformed");
  if (!header_seen_ && parser.is_header_done()) return check_header();
  return parser.is_done() ? finish() : State::kNeedMore;
}

RequestReader::State RequestReader::finish() {
  request_.body = std::move(parser_->beast.get().body());
  return State::kDone;
}

RequestReader::State RequestReader::check_header() {
  header_seen_ = true;
  const auto& message = parser_->beast.get();
  std::size_t hosts = 0, lengths = 0, encodings = 0;
  for (const auto& field : message) {
    request_.headers.emplace_back(to_string(field.name_string()), to_string(field.value()));
    if (has_control_character(request_.headers.back().second)) return bad(400, "malformed");
    hosts += field.name() == beast::http::field::host;
    lengths += field.name() == beast::http::field::content_length;
    encodings += field.name() == beast::http::field::transfer_encoding;
  }
  // Whoever stands in front of us must not see another message than we do.
  if (encodings > 0 && lengths > 0) return bad(400, "ambiguous_length");
  if (lengths > 1 || encodings > 1) return bad(400, "ambiguous_length");
  if (encodings == 1 && !text::equal_ignoring_case(request_.header("transfer-encoding"), "chunked")) return bad(501, "unknown_encoding");
  if (encodings == 1 && message.version() < 11) return bad(400, "ambiguous_length");
  if (message.version() == 11 && hosts != 1) return bad(400, "bad_host");
  request_.method = to_string(message.method_string());
  const std::string target = to_string(message.target());
  if (!target.starts_with('/')) return bad(400, "bad_target");
  const std::size_t question = target.find('?');
  auto path = decode_path(std::string_view(target).substr(0, question));
  if (!path || target.find('#') != target.npos) return bad(400, "bad_target");
  request_.path = std::move(*path);
  if (question != target.npos) request_.query = target.substr(question + 1);
  return State::kHeader;
}

void RequestReader::set_max_body(std::size_t bytes) {
  const auto length = parser_->beast.content_length();
  body_too_large_ = length && *length > bytes;
  parser_->beast.body_limit(bytes);
  parser_->beast.eager(true);
}

bool RequestReader::wants_continue() const {
  return text::equal_ignoring_case(request_.header("expect"), "100-continue") && !body_too_large_ && !parser_->beast.is_done();
}

bool RequestReader::keep_alive() const { return parser_->beast.keep_alive(); }

}  // namespace pointsman::http
