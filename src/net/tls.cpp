// SPDX-License-Identifier: Apache-2.0
#include "net/tls.h"

#include <ctime>

#include <openssl/err.h>
#include <sys/stat.h>

namespace pointsman::http {
namespace ssl = boost::asio::ssl;
namespace {

// Reading a pipe would stop the loop until somebody writes into it.
bool is_other_than_a_file(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

Result<std::shared_ptr<ssl::context>> read_context(const TlsOptions& options) {
  for (const std::string& file : {options.certificate_file, options.key_file})
    if (is_other_than_a_file(file)) return fail(Errc::kInvalid, file + " is no file; TLS needs its certificate and its key as files");
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code failed;
  const auto wrong = [&failed](const std::string& file, const std::string& what) {
    return fail(Errc::kInvalid, "the TLS " + what + " " + file + " cannot be used: " + failed.message() + ". It must be readable PEM");
  };
  SSL_CTX* raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);  // idle connections should cost little
  // A key with a passphrase is refused: asking at the terminal would stop the server where nobody sees it.
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); }, failed);
  if (!failed) context->use_certificate_chain_file(options.certificate_file, failed);
  if (failed) return wrong(options.certificate_file, "certificate");
  context->use_private_key_file(options.key_file, ssl::context::pem, failed);
  const bool of_another = failed && ERR_GET_LIB(static_cast<unsigned long>(failed.value())) == ERR_LIB_X509;
  if (failed && !of_another) return wrong(options.key_file, "key, which must have no passphrase,");
  if (of_another || SSL_CTX_check_private_key(raw) != 1)
    return fail(Errc::kInvalid, "the TLS key " + options.key_file + " does not belong to the certificate " + options.certificate_file);
  return context;
}

std::int64_t end_of_validity(const ssl::context& context) {
  const X509* certificate = SSL_CTX_get0_certificate(const_cast<ssl::context&>(context).native_handle());
  std::tm parts{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return 0;
  return timegm(&parts);
}

}  // namespace

TlsCertificate::TlsCertificate(TlsOptions options, Metrics& metrics)
    : options_(std::move(options)),
      renewed_(&metrics.counter("pointsman_tls_renewals_total", "Changed certificate files by result.", {{"result", "taken"}})),
      refused_(&metrics.counter("pointsman_tls_renewals_total", "Changed certificate files by result.", {{"result", "refused"}})),
      expires_(&metrics.gauge("pointsman_tls_certificate_expires", "When the certificate in use ends, in seconds since 1970.")) {}

TlsCertificate::Looks TlsCertificate::looks() const {
  Looks looks{};
  std::size_t at = 0;
  for (const std::string& file : {options_.certificate_file, options_.key_file}) {
    struct stat status {};
    // A file that is gone for a moment looks different from before, and that is all that is asked.
    if (stat(file.c_str(), &status) != 0) status = {};
    for (const std::int64_t part : {static_cast<std::int64_t>(status.st_ino), static_cast<std::int64_t>(status.st_size),
                                    static_cast<std::int64_t>(status.st_mtim.tv_sec), static_cast<std::int64_t>(status.st_ctim.tv_sec),
                                    static_cast<std::int64_t>(status.st_ctim.tv_nsec)})
      looks[at++] = part;
  }
  return looks;
}

Result<void> TlsCertificate::read() {
  read_at_ = looks();
  auto context = read_context(options_);
  if (!context) return fail(context.error());
  context_ = std::move(*context);
  expires_->set(end_of_validity(*context_));
  return {};
}

Result<TlsCertificate> TlsCertificate::load(TlsOptions options, Metrics& metrics) {
  TlsCertificate certificate(std::move(options), metrics);
  if (auto read = certificate.read(); !read) return fail(read.error());
  return certificate;
}

void TlsCertificate::look_again(const Logger& log) {
  if (looks() == read_at_) return;
  if (auto read = this->read(); !read) {
    refused_->add();
    return log.error("certificate not renewed", {{"kind", "state"}, {"reason", read.error().what}});
  }
  renewed_->add();
  log.info("certificate renewed", {{"file", options_.certificate_file}});
}

}  // namespace pointsman::http
