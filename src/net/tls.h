// SPDX-License-Identifier: Apache-2.0
//
// net/tls.h: the server's certificate, read again when its files change, so that a renewal needs no restart.
//
// Threads: one owner.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include <boost/asio/ssl/context.hpp>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "net/http_server.h"

namespace pointsman::http {

class TlsCertificate {
 public:
  static Result<TlsCertificate> load(TlsOptions options, Metrics& metrics);

  // For the next connection; connections keep the one they began with.
  std::shared_ptr<boost::asio::ssl::context> current() const { return context_; }

  // Reads the files again when either changed. When the new ones are no good, or only one of the two was replaced yet, the old
  // certificate stays, and the log says why: once, until a file changes again.
  void look_again(const Logger& log);

 private:
  // What changes when a file is written, renamed over, or made readable.
  using Looks = std::array<std::int64_t, 10>;

  TlsCertificate(TlsOptions options, Metrics& metrics);
  Looks looks() const;
  Result<void> read();

  TlsOptions options_;
  Looks read_at_{};
  std::shared_ptr<boost::asio::ssl::context> context_;
  Counter *renewed_, *refused_;
  Gauge* expires_;
};

}  // namespace pointsman::http
