// SPDX-License-Identifier: Apache-2.0
//
// config/config.h: everything an operator can set, with defaults and why they are what they are. Plain structs, immutable once
// read.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "base/secret.h"
#include "ticket/validation.h"

namespace pointsman::config {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Tls {
  std::string certificate_file, key_file;  // PEM
};

struct Server {
  std::string address = "127.0.0.1";
  std::uint16_t port = 5000;  // 0: any free one
  std::vector<std::string> trusted_proxies;
  std::optional<Tls> tls;
  std::string public_url;  // how the internet reaches this server, when the operator knows; for callback addresses
};

// A Teams team: POST /teams/NAME.
struct Team {
  std::string name;
  std::vector<Secret> secrets;        // one, or two while one is being changed
  std::vector<std::string> tenants;   // empty: any tenant that holds the secret
};

struct ApiToken {
  std::string name;  // who this is, in history and log
  Secret token;
};

// [intake]
struct Intake {
  seconds same_words_window{120};      // the same words from the same person are the same ticket; 0: off
  seconds max_message_age{3600};       // older than this cannot be filed: a replay; 0: off
  bool reply_as_card = false;          // Adaptive Card instead of Markdown
};

// [limits]
struct Limits {  // docs/limits.md says of each why it is what it is, and what happens when it is reached
  std::size_t body_bytes = 256 * 1024;
  std::size_t body_bytes_total = 64 * 1024 * 1024;
  std::size_t header_bytes = 16 * 1024;
  std::size_t header_fields = 100;
  int json_depth = 32;
  std::size_t connections = 20'000;
  std::size_t connections_per_address = 1'024;  // 0: no limit
  seconds header_deadline{10}, body_deadline{20}, idle_deadline{60}, write_deadline{20}, drain_deadline{10};
  seconds storing_deadline{4};              // Teams hangs up after 5
  int messages_per_sender_per_minute = 60;  // 0: no limit
  int messages_per_team_per_minute = 0;     // 0: no limit
  std::size_t waiting_commits = 10'000;     // beyond that: 503 with Retry-After
  std::int64_t queue_depth = 10'000'000;    // messages in one queue; beyond that: 503. 0: no limit
};

// [queue]
struct Queue {
  std::string backend = "embedded";
  int max_receive_count = 5;                 // then to the dead-letter queue; 0: never
  seconds retention{14 * 24 * 3600};         // at most 14 days on SQS; undelivered work should live as long as it can
};

struct Log {
  std::string level = "info";   // debug, info, warn, error
  std::string form = "auto";    // auto (human on a terminal), human, json
};

struct Config {
  Server server;
  std::vector<Team> teams;
  std::vector<ApiToken> api_tokens;
  Intake intake;
  Limits limits;
  Queue queue;
  Log log;
  Rules rules;                      // [[priority]], [[field]], [[language]], [limits] problem/description
  std::string data_dir = "./pointsman-data";  // [storage] path
};

// One fault in a configuration, with where it stands and what to do.
struct Problem {
  std::string file;
  unsigned line = 0, column = 0;  // 0: no place in a file
  std::string what;
};

// The value of an environment variable; nothing when it is not set. Passed in so that reading stays pure.
using Environment = std::map<std::string, std::string, std::less<>>;

// Sets address and port from "127.0.0.1:5000", "[::1]:5000" or "localhost:5000"; false, and nothing set, when it is none of these.
bool set_listen(std::string_view listen, Server& server);
inline constexpr const char* kListenLooksLike =
    "must be ADDRESS:PORT with an IP address of this machine, for example 127.0.0.1:5000, [::1]:5000, or 0.0.0.0:5000 for all of them";

// Reads a whole configuration; `text` empty means all defaults. Environment: POINTSMAN_TEAMS_SECRET opens team "default" when no
// [[teams]] is configured, POINTSMAN_API_TOKEN an API token named "default" when no [[api_token]] is.
// Every fault is reported, not only the first. `file` is for messages and to resolve relative x_file paths.
tl::expected<Config, std::vector<Problem>> read(std::string_view text, const std::string& file, const Environment& environment);

// The same from a file.
tl::expected<Config, std::vector<Problem>> read_file(const std::string& path, const Environment& environment);

// The configuration in force as TOML, secrets as "***": what `config show` prints. `as_json` for --json.
std::string show(const Config& config, bool as_json);

}  // namespace pointsman::config
