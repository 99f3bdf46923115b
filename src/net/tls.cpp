// SPDX-License-Identifier: Apache-2.0
#include "net/tls.h"

namespace pointsman::http {
namespace ssl = boost::asio::ssl;
namespace {

Result<std::shared_ptr<ssl::context>> read_context(const TlsOptions& options) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code failed;
  const auto wrong = [&failed](const std::string& file, const std::string& what) {
    return fail(Errc::kInvalid, "the TLS " + what + " " + file + " cannot be used: " + failed.message() + ". It must be readable PEM");
  };
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                       ssl::context::no_tlsv1_1);
  context->use_certificate_chain_file(options.certificate_file, failed);
  if (failed) return wrong(options.certificate_file, "certificate");
  context->use_private_key_file(options.key_file, ssl::context::pem, failed);
  if (failed) return wrong(options.key_file, "key");
  if (SSL_CTX_check_private_key(context->native_handle()) != 1)
    return fail(Errc::kInvalid, "the TLS key " + options.key_file + " does not belong to the certificate " + options.certificate_file);
  return context;
}

}  // namespace

TlsCertificate::Times TlsCertificate::times() const {
  std::error_code ignored;  // a file that is gone for a moment has another time than before
  return {std::filesystem::last_write_time(options_.certificate_file, ignored),
          std::filesystem::last_write_time(options_.key_file, ignored)};
}

Result<TlsCertificate> TlsCertificate::load(TlsOptions options) {
  TlsCertificate certificate;
  certificate.options_ = std::move(options);
  certificate.read_at_ = certificate.times();
  auto context = read_context(certificate.options_);
  if (!context) return fail(context.error());
  certificate.context_ = std::move(*context);
  return certificate;
}

void TlsCertificate::look_again(const Logger& log) {
  const Times now = times();
  if (now == read_at_) return;
  read_at_ = now;
  auto context = read_context(options_);
  if (!context) return log.error("certificate not renewed", {{"kind", "state"}, {"reason", context.error().what}});
  context_ = std::move(*context);
  log.info("certificate renewed", {{"file", options_.certificate_file}});
}

}  // namespace pointsman::http
