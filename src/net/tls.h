// SPDX-License-Identifier: Apache-2.0
//
// net/tls.h: the server's certificate, read again when its files change, so that a renewal needs no restart.
//
// Threads: one owner.
#pragma once

#include <filesystem>
#include <memory>

#include <boost/asio/ssl/context.hpp>

#include "base/log.h"
#include "base/result.h"
#include "net/http_server.h"

namespace pointsman::http {

class TlsCertificate {
 public:
  static Result<TlsCertificate> load(TlsOptions options);

  // For the next connection; connections keep the one they began with.
  std::shared_ptr<boost::asio::ssl::context> current() const { return context_; }

  // Reads the files again when either changed. When the new ones are no good the old certificate stays, and the log says why.
  void look_again(const Logger& log);

 private:
  using Times = std::pair<std::filesystem::file_time_type, std::filesystem::file_time_type>;
  Times times() const;

  TlsOptions options_;
  Times read_at_{};
  std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace pointsman::http
