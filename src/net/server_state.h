// SPDX-License-Identifier: Apache-2.0
//
// net/server_state.h: what all conversations of one server share.
//
// Threads: the I/O loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_server.h"
#include "net/networks.h"

namespace pointsman::http {

struct ServerState {
  ServerState(ServerOptions o, Router r, Networks t, Metrics& m, const Logger& l)
      : options(std::move(o)), router(std::move(r)), trusted(std::move(t)), metrics(m), log(l) {}

  ServerOptions options;
  Router router;
  Networks trusted;
  Metrics& metrics;
  const Logger& log;
  bool stopping = false;
  // That requests hold now, as BodyShare counts them. Shared with those: a request whose handler never ended goes with the loop, which
  // may be after the server.
  std::shared_ptr<std::size_t> body_bytes = std::make_shared<std::size_t>(0);
  std::string scratch = std::string(64 * 1024, '\0');  // what one read brings, until it is handed to its connection at once

  // For the answers; made once a second.
  const std::string& date();

  // Counts and logs one request that a limit or a rule of HTTP refused. `path`: empty where none is known.
  void refuse(std::string_view reason, int status, const std::string& client, std::string_view path = {});

 private:
  std::int64_t date_of_ = 0;
  std::string date_;
};

// What one request's body takes of the memory that all bodies share; given back when the request is answered or gone. Its first
// 32 KB are free, because the number of connections bounds them: so senders of large bodies cannot keep ordinary messages out.
class BodyShare {
 public:
  explicit BodyShare(const ServerState& server) : all_(server.body_bytes), most_(server.options.max_body_bytes_total) {}
  ~BodyShare() { *all_ -= taken_; }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  // False, and nothing taken, when there is no room for that many bytes.
  bool grow_to(std::size_t bytes);

 private:
  std::shared_ptr<std::size_t> all_;
  std::size_t most_;
  std::size_t taken_ = 0;
};

// What a refusal means, for whoever reads the answer.
std::string_view refusal_words(std::string_view reason);

}  // namespace pointsman::http
