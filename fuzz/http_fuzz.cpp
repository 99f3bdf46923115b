// SPDX-License-Identifier: Apache-2.0
// Any bytes on a connection, in any pieces: what is read must not depend on how the network cut them.
#include <vector>

#include "fuzz/check.h"
#include "net/request_reader.h"

using namespace pointsman;

namespace {

constexpr std::size_t kMaxHeader = 2048, kMaxBody = 1024;

struct Outcome {
  http::RequestReader::State state{};
  int status = 0;
  std::string reason;
  http::Request request;
  bool keep_alive = false;
  std::size_t left = 0;  // bytes behind the request: the next one's

  bool operator==(const Outcome& other) const {
    return state == other.state && status == other.status && reason == other.reason && request.method == other.request.method &&
           request.path == other.request.path && request.query == other.request.query && request.body == other.request.body &&
           request.headers == other.request.headers && keep_alive == other.keep_alive && left == other.left;
  }
};

// As the server does it: `pieces` are the sizes in which the bytes arrive; after the last one, all the rest at once.
Outcome read(std::string_view bytes, const std::vector<std::size_t>& pieces) {
  using State = http::RequestReader::State;
  http::RequestReader reader({.bytes = kMaxHeader});
  Outcome outcome;
  std::string buffer;
  std::size_t piece = 0;
  for (;;) {
    std::size_t used = 0;
    outcome.state = reader.feed(buffer, used);
    POINTSMAN_MUST(used <= buffer.size());
    buffer.erase(0, used);
    if (outcome.state == State::kBad) {
      outcome.status = reader.status();
      outcome.reason = reader.reason();
      return outcome;
    }
    if (outcome.state == State::kDone) {
      outcome.keep_alive = reader.keep_alive();
      outcome.request = reader.take();
      outcome.left = buffer.size() + bytes.size();
      POINTSMAN_MUST(outcome.request.body.size() <= kMaxBody);
      POINTSMAN_MUST(outcome.request.path.starts_with('/'));
      for (const auto& [name, value] : outcome.request.headers)
        POINTSMAN_MUST(value.find_first_of("\r\n") == std::string::npos && !name.empty());
      return outcome;
    }
    if (outcome.state == State::kHeader) {
      reader.set_max_body(kMaxBody);
      reader.wants_continue();
      continue;
    }
    if (bytes.empty()) return outcome;
    const std::size_t size = piece < pieces.size() ? std::min(pieces[piece++], bytes.size()) : bytes.size();
    buffer.append(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kSplits = 8;
  if (size < kSplits) return 0;
  std::vector<std::size_t> pieces;
  for (std::size_t i = 0; i < kSplits; ++i) pieces.push_back(1 + data[i]);
  const std::string_view bytes{reinterpret_cast<const char*>(data) + kSplits, size - kSplits};
  const Outcome whole = read(bytes, {});
  POINTSMAN_MUST(read(bytes, pieces) == whole);
  POINTSMAN_MUST(read(bytes, std::vector<std::size_t>(bytes.size(), 1)) == whole);
  return 0;
}
