// SPDX-License-Identifier: Apache-2.0
//
// net/request_reader.h: bytes to a Request, as they come. Strict where leniency lets two servers read one message as two different
// ones (request smuggling). No I/O.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "net/http_server.h"

namespace pointsman::http {

class RequestReader {
 public:
  explicit RequestReader(std::size_t max_header_bytes);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  enum class State {
    kNeedMore,  // feed it what comes next
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

  // After kDone.
  Request take() { return std::move(request_); }
  bool keep_alive() const;

  // After kBad: 400, 413, 431, 501 or 505, and why in one word for the metrics.
  int status() const { return status_; }
  std::string_view reason() const { return reason_; }

 private:
  struct Parser;
  State bad(int status, std::string_view reason);
  State check_header();
  State finish();

  std::unique_ptr<Parser> parser_;
  Request request_;
  bool header_seen_ = false, body_too_large_ = false;
  int status_ = 400;
  std::string_view reason_;
};

}  // namespace pointsman::http
