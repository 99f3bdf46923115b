// SPDX-License-Identifier: Apache-2.0
//
// net/request_reader.h: bytes to a Request, as they come. Strict where leniency lets two servers read one message as two different
// ones (request smuggling): docs/decisions/request-reader.md has the rules and why they are ours. No I/O.
//
// The result does not depend on how the bytes are cut into pieces. What feed() leaves unused is at most one unfinished line of the
// header, so a buffer never holds more than max_header_bytes and what the last read brought.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/http_server.h"

namespace pointsman::http {

struct HeaderLimits {
  std::size_t bytes = 16 * 1024;  // request line and fields; trailers of a chunked body have as much again
  std::size_t fields = 100;
};

class RequestReader {
 public:
  explicit RequestReader(HeaderLimits limits) : limits_(limits) {}
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  enum class State {
    kNeedMore,  // feed it what is unused, and what comes next behind that
    kHeader,    // the header is complete: look at method() and path(), set_max_body(), then feed on
    kDone,      // take() the request
    kBad,       // answer status() and close
  };
  // Takes some of `in`; `used` says how many bytes.
  State feed(std::string_view in, std::size_t& used);

  // After kHeader.
  std::string_view method() const { return request_.method; }
  std::string_view path() const { return request_.path; }
  bool wants_continue() const;
  void set_max_body(std::size_t bytes);
  std::size_t body_held() const { return request_.body.capacity(); }  // bytes of memory
  std::size_t body_left() const { return part_ == Part::kBody || part_ == Part::kChunk ? static_cast<std::size_t>(left_) : 0; }  // of it, or of its chunk

  // After kDone.
  Request take() { return std::move(request_); }
  bool keep_alive() const { return keep_alive_; }

  // After kBad: 400, 413, 417, 431, 501 or 505, and why in one word for the metrics.
  int status() const { return status_; }
  std::string_view reason() const { return reason_; }

 private:
  enum class Part { kRequestLine, kFields, kBody, kChunkSize, kChunk, kChunkEnd, kTrailers, kDone };

  State bad(int status, std::string_view reason);
  // Finds the end of the line that `in` begins with. True: `line` is it, without its end. False with state() kNeedMore or kBad.
  bool take_line(std::string_view in, std::size_t& used, std::size_t most, std::string_view& line, State& state);
  State feed_header(std::string_view in, std::size_t& used);
  State feed_body(std::string_view in, std::size_t& used);
  bool read_request_line(std::string_view line);
  bool read_target(std::string_view target);
  bool read_field(std::string_view line);
  State end_header();
  bool read_length(std::size_t lengths, std::size_t encodings);
  bool read_chunk_size(std::string_view line);
  std::size_t take_body(std::string_view in);

  HeaderLimits limits_;
  Request request_;
  Part part_ = Part::kRequestLine;
  std::size_t scanned_ = 0;       // bytes of the unfinished line that were looked at already
  std::size_t header_bytes_ = 0;  // of the lines that were used
  std::uint64_t left_ = 0;        // bytes of the body, or of the chunk, still to come
  std::size_t max_body_ = 0;
  std::size_t trailers_ = 0;
  bool chunked_ = false, is_1_1_ = false, keep_alive_ = false, body_too_large_ = false;
  int status_ = 400;
  std::string_view reason_;
};

}  // namespace pointsman::http
