// SPDX-License-Identifier: Apache-2.0
//
// bench_sqs_standin: answers SendMessage as Amazon SQS does, in its query protocol (which Debian 12's boto3 speaks) and in its JSON
// protocol, with the right MD5, and forgets the message. Prints the port it listens on.
#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using net::ip::tcp;

constexpr const char* kId = "5fea7756-0ea4-451a-a703-a558b933e274";

std::string md5(std::string_view in) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(in.data(), in.size(), digest.data(), &length, EVP_md5(), nullptr);
  std::string out;
  for (unsigned i = 0; i < length; ++i) fmt::format_to(std::back_inserter(out), "{:02x}", digest[i]);
  return out;
}

std::string decode_form(std::string_view in) {
  std::string out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] == '%' && i + 2 < in.size()) {
      out += static_cast<char>(std::stoi(std::string(in.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += in[i] == '+' ? ' ' : in[i];
    }
  }
  return out;
}

// The value of a form's field; empty when it is not there.
std::string form_field(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const std::string_view pair = form.substr(0, form.find('&'));
    form.remove_prefix(std::min(form.size(), pair.size() + 1));
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) return decode_form(pair.substr(name.size() + 1));
  }
  return {};
}

struct Answer {
  unsigned status = 200;
  const char* type;
  std::string body;
};

Answer answer_query(std::string_view form) {
  if (form_field(form, "Action") != "SendMessage") return {400, "text/xml", "<ErrorResponse/>"};
  return {200, "text/xml",
          fmt::format("<?xml version=\"1.0\"?><SendMessageResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><SendMessageResult>"
                      "<MessageId>{}</MessageId><MD5OfMessageBody>{}</MD5OfMessageBody></SendMessageResult><ResponseMetadata><RequestId>{}"
                      "</RequestId></ResponseMetadata></SendMessageResponse>",
                      kId, md5(form_field(form, "MessageBody")), kId)};
}

Answer answer_json(std::string_view body) {
  json::error_code failed;
  const json::value root = json::parse({body.data(), body.size()}, failed);
  const json::object* object = failed ? nullptr : root.if_object();
  const json::value* message = object != nullptr ? object->if_contains("MessageBody") : nullptr;
  if (message == nullptr || !message->is_string()) return {400, "application/x-amz-json-1.0", "{}"};
  const std::string_view text{message->get_string().data(), message->get_string().size()};
  return {200, "application/x-amz-json-1.0", fmt::format(R"({{"MessageId":"{}","MD5OfMessageBody":"{}"}})", kId, md5(text))};
}

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(tcp::socket socket) : socket_(std::move(socket)) {}

  void read() {
    parser_.emplace();
    http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](beast::error_code failed, std::size_t) {
      if (!failed) self->answer();
    });
  }

 private:
  void answer() {
    const http::request<http::string_body>& request = parser_->get();
    Answer answer = request["X-Amz-Target"].empty() ? answer_query(request.body()) : answer_json(request.body());
    response_ = {};
    response_.result(answer.status);
    response_.set(http::field::content_type, answer.type);
    response_.body() = std::move(answer.body);
    response_.keep_alive(request.keep_alive());
    response_.prepare_payload();
    http::async_write(socket_, response_, [self = shared_from_this()](beast::error_code failed, std::size_t) {
      if (!failed && self->response_.keep_alive()) self->read();
    });
  }

  tcp::socket socket_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
};

void accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](beast::error_code failed, tcp::socket socket) {
    if (!failed) {
      socket.set_option(tcp::no_delay(true));
      std::make_shared<Session>(std::move(socket))->read();
    }
    accept(acceptor);
  });
}

}  // namespace

int main() {
  net::io_context io(1);
  tcp::acceptor acceptor(io, tcp::endpoint(net::ip::address_v4::loopback(), 0));
  fmt::print("listening on {}\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  accept(acceptor);
  io.run();
}
